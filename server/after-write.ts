import type { CollectionName } from '#shared/collections.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import { announcementEffects } from './announcements/after-write.ts';
import { invoiceEffects } from './invoices/after-write-invoice.ts';
import { messageEffects } from './tickets/after-write-message.ts';
import { orderEffects } from './orders/after-write.ts';
import { paperEffects } from './files/after-write.ts';
import { paymentEffects } from './invoices/after-write-payment.ts';
import { personEffects } from './people/after-write.ts';
import { ticketEffects } from './tickets/after-write-ticket.ts';

/** What an accepted write causes, in the same transaction: letters in the outbox, events in threads, sums. */
type Effects = (tx: Unit, touch: Touch) => Promise<void>;

const nothing: Effects = () => Promise.resolve();

const byCollection: Record<CollectionName, Effects> = {
  people: personEffects,
  services: nothing,
  orders: orderEffects,
  tickets: ticketEffects,
  messages: messageEffects,
  invoices: invoiceEffects,
  payments: paymentEffects,
  papers: paperEffects,
  marks: nothing,
  replies: nothing,
  announcements: announcementEffects,
};

export function effectsOf(tx: Unit, touch: Touch): Promise<void> {
  return byCollection[touch.collection](tx, touch);
}
