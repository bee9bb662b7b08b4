import type { CollectionName } from '#shared/collections.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import { afterAnnouncementWrite } from './announcements/after-write.ts';
import { afterInvoiceWrite } from './invoices/after-write-invoice.ts';
import { afterMessageWrite } from './tickets/after-write-message.ts';
import { afterOrderWrite } from './orders/after-write.ts';
import { afterFileWrite } from './files/after-write.ts';
import { afterPaymentWrite } from './invoices/after-write-payment.ts';
import { afterPersonWrite } from './people/after-write.ts';
import { afterTicketWrite } from './tickets/after-write-ticket.ts';

/** What an accepted write causes, in the same transaction: e-mails in the outbox, events in threads, sums. */
type AfterWrite = (tx: Tx, touch: Change) => Promise<void>;

const nothing: AfterWrite = () => Promise.resolve();

const byCollection: Record<CollectionName, AfterWrite> = {
  people: afterPersonWrite,
  services: nothing,
  orders: afterOrderWrite,
  tickets: afterTicketWrite,
  messages: afterMessageWrite,
  invoices: afterInvoiceWrite,
  payments: afterPaymentWrite,
  files: afterFileWrite,
  readReceipts: nothing,
  cannedReplies: nothing,
  announcements: afterAnnouncementWrite,
};

export function afterWriteOf(tx: Tx, touch: Change): Promise<void> {
  return byCollection[touch.collection](tx, touch);
}
