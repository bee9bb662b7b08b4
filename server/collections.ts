import type { CollectionName, Fields } from '#shared/collections.ts';
import type { Tx } from '#sync/server/transaction.ts';
import { deriveAnnouncement } from './announcements/derive.ts';
import { deriveInvoice } from './invoices/derive-invoice.ts';
import { deriveReadReceipt } from './tickets/derive-read-receipt.ts';
import { deriveMessage } from './tickets/derive-message.ts';
import { deriveOrder } from './orders/derive.ts';
import { deriveFile } from './files/derive.ts';
import { derivePayment } from './invoices/derive-payment.ts';
import { derivePerson } from './people/derive.ts';
import { deriveService } from './services/derive.ts';
import { deriveTicket } from './tickets/derive-ticket.ts';

export type Write = { before: Fields | null; after: Fields; changed: readonly string[] };

/**
 * What the server adds to a write before the table of rights decides: stamps (number, author, times), and the checks
 * that need other documents. Returns the stamped fields; throws the DomainError that refuses the write.
 */
type Derive = (tx: Tx, write: Write) => Promise<Record<string, unknown>>;

const nothing: Derive = () => Promise.resolve({});

const byCollection: Record<CollectionName, Derive> = {
  people: derivePerson,
  services: deriveService,
  orders: deriveOrder,
  tickets: deriveTicket,
  messages: deriveMessage,
  invoices: deriveInvoice,
  files: deriveFile,
  readReceipts: deriveReadReceipt,
  cannedReplies: nothing,
  announcements: deriveAnnouncement,
  payments: derivePayment,
};

export function derive(
  tx: Tx,
  collection: CollectionName,
  write: Write,
): Promise<Record<string, unknown>> {
  return byCollection[collection](tx, write);
}
