import type { CollectionName, Fields } from '#shared/collections.ts';
import type { Unit } from '#sync/server/transaction.ts';
import { prepareAnnouncement } from './announcements/derive.ts';
import { prepareInvoice } from './invoices/derive-invoice.ts';
import { prepareMark } from './tickets/derive-read-receipt.ts';
import { prepareMessage } from './tickets/derive-message.ts';
import { prepareOrder } from './orders/derive.ts';
import { preparePaper } from './files/derive.ts';
import { preparePayment } from './invoices/derive-payment.ts';
import { preparePerson } from './people/derive.ts';
import { prepareService } from './services/derive.ts';
import { prepareTicket } from './tickets/derive-ticket.ts';

export type Write = { before: Fields | null; after: Fields; changed: readonly string[] };

/**
 * What the server adds to a write before the table of rights decides: stamps (number, author, times), and the checks
 * that need other documents. Returns the stamped fields; throws the DomainError that refuses the write.
 */
type Prepare = (tx: Unit, write: Write) => Promise<Record<string, unknown>>;

const nothing: Prepare = () => Promise.resolve({});

const byCollection: Record<CollectionName, Prepare> = {
  people: preparePerson,
  services: prepareService,
  orders: prepareOrder,
  tickets: prepareTicket,
  messages: prepareMessage,
  invoices: prepareInvoice,
  papers: preparePaper,
  marks: prepareMark,
  replies: nothing,
  announcements: prepareAnnouncement,
  payments: preparePayment,
};

export function prepare(
  tx: Unit,
  collection: CollectionName,
  write: Write,
): Promise<Record<string, unknown>> {
  return byCollection[collection](tx, write);
}
