import type { CollectionName, Documents } from '#shared/collections/collections.ts';
import type { Server } from '../../context.ts';
import { toDocument } from '../../documents/row.ts';
import { invoiceIssued, invoicePaid, type InvoiceData } from './invoices.ts';
import type { Frame, Letter } from './letter.ts';
import { orderStatus } from './orders.ts';
import { ticketAnswered, ticketAssigned, ticketClosed, ticketOpened, type TicketData } from './tickets.ts';

export type Attachment = { fileName: string; sha256: string };
export type WrittenLetter = Letter & { attachment: Attachment | null };

/** Writes one letter from the documents as they stand now. `document` is what its outbox row names. */
type Writer = (
  server: Server,
  frame: Frame,
  about: { document: string; step: number },
) => Promise<WrittenLetter>;

const writers = {
  'ticket-opened': async (server, frame, { document }) => {
    const ticket = await find(server, 'tickets', document);
    const [first] = await server.models.messages.findAll({
      where: { ticket: ticket.id, kind: 'answer' },
      order: [['createdAt', 'ASC']],
      limit: 1,
      raw: true,
    });
    const body = first ? toDocument('messages', first).body : null;
    const assignee = ticket.assignee ? (await find(server, 'people', ticket.assignee)).displayName : null;
    return plain(ticketOpened(frame, await ticketData(server, ticket), { body, assignee }));
  },
  'ticket-answered': async (server, frame, { document }) => {
    const message = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', message.ticket));
    return plain(ticketAnswered(frame, ticket, { author: message.authorName, body: message.body }));
  },
  'ticket-closed': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await find(server, 'tickets', event.ticket);
    const data = { by: event.authorName, fixed: event.event?.to !== 'nofix', comment: ticket.closingComment };
    return plain(ticketClosed(frame, await ticketData(server, ticket), data));
  },
  'ticket-assigned': async (server, frame, { document }) => {
    const event = await find(server, 'messages', document);
    const ticket = await ticketData(server, await find(server, 'tickets', event.ticket));
    return plain(ticketAssigned(frame, ticket, { by: event.authorName }));
  },
  'order-status': async (server, frame, { document, step }) => {
    const order = await find(server, 'orders', document);
    const service = await find(server, 'services', order.service);
    // The change that the letter is about, not what became of the order since.
    const status = order.history[step - 1]?.status ?? order.status;
    return plain(orderStatus(frame, { ...order, status, service: service.name }));
  },
  'invoice-issued': async (server, frame, { document }) => {
    const invoice = await find(server, 'invoices', document);
    if (invoice.pdfHash === null) throw new Error(`invoice ${invoice.number ?? ''} has no PDF yet`);
    const attachment = { fileName: `${invoice.number ?? 'invoice'}.pdf`, sha256: invoice.pdfHash };
    return { ...invoiceIssued(frame, invoiceData(invoice)), attachment };
  },
  'invoice-paid': async (server, frame, { document }) => {
    const payment = await find(server, 'payments', document);
    return plain(invoicePaid(frame, invoiceData(await find(server, 'invoices', payment.invoice))));
  },
} satisfies Record<string, Writer>;

export type LetterKind = keyof typeof writers;

export function isLetterKind(kind: string): kind is LetterKind {
  return Object.hasOwn(writers, kind);
}

export function writeLetter(
  server: Server,
  frame: Frame,
  { kind, ...about }: { kind: LetterKind; document: string; step: number },
): Promise<WrittenLetter> {
  return writers[kind](server, frame, about);
}

function plain(letter: Letter): WrittenLetter {
  return { ...letter, attachment: null };
}

async function find<N extends CollectionName>(
  server: Server,
  collection: N,
  id: string,
): Promise<Documents[N]> {
  const row = await server.models[collection].findOne({ where: { id }, raw: true });
  if (!row) throw new Error(`${collection} ${id} is gone`);
  return toDocument(collection, row);
}

async function ticketData(server: Server, ticket: Documents['tickets']): Promise<TicketData> {
  const client = await find(server, 'people', ticket.client);
  return {
    id: ticket.id,
    number: ticket.number ?? 0,
    subject: ticket.subject,
    clientName: client.displayName,
  };
}

function invoiceData(invoice: Documents['invoices']): InvoiceData {
  return {
    ...invoice,
    number: invoice.number ?? '',
    client: invoice.buyer?.legalName ?? '',
    dueDate: invoice.dueDate ?? '',
  };
}
