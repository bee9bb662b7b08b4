import type { CollectionName, Fields } from '#shared/collections/collections.ts';
import type { Unit } from '../unit.ts';
import { prepareAnnouncement } from './announcements.ts';
import { prepareInvoice } from './invoices.ts';
import { prepareMark } from './marks.ts';
import { prepareMessage } from './messages.ts';
import { prepareOrder } from './orders.ts';
import { preparePaper } from './papers.ts';
import { preparePayment } from './payments.ts';
import { preparePerson } from './people.ts';
import { prepareService } from './services.ts';
import { prepareTicket } from './tickets.ts';

export type Write = { before: Fields | null; after: Fields; changed: readonly string[] };

/**
 * What the server adds to a write before the table of rights decides: stamps (number, author, times), and the checks
 * that need other documents. Returns the stamped fields; throws the DomainError that refuses the write.
 */
type Prepare = (unit: Unit, write: Write) => Promise<Record<string, unknown>>;

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
  unit: Unit,
  collection: CollectionName,
  write: Write,
): Promise<Record<string, unknown>> {
  return byCollection[collection](unit, write);
}
