import { messages } from '#shared/tickets/message-schema.ts';
import { readReceipts } from '#shared/tickets/read-receipt-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';
import { people } from '#shared/people/schema.ts';
import { defineHooks } from '../context.ts';
import { reassignTickets } from './after-person-write.ts';
import { afterMessageWrite } from './after-write-message.ts';
import { afterTicketWrite } from './after-write-ticket.ts';
import { deriveMessage } from './derive-message.ts';
import { deriveReadReceipt } from './derive-read-receipt.ts';
import { deriveTicket } from './derive-ticket.ts';

export const ticketHooks = defineHooks(tickets, { derive: deriveTicket, afterWrite: afterTicketWrite });
export const messageHooks = defineHooks(messages, {
  loads: ({ ticket: id }) => (typeof id === 'string' ? [{ collection: tickets, id }] : []),
  derive: deriveMessage,
  afterWrite: afterMessageWrite,
});
export const readReceiptHooks = defineHooks(readReceipts, { derive: deriveReadReceipt });
/** Reassigns a person's tickets when the person can no longer work on them. */
export const reassignHooks = defineHooks(people, { afterWrite: reassignTickets });
