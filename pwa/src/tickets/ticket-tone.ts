import type { Message } from '#shared/tickets/message-schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';

/**
 * A ticket's state as a word and a colour. An open ticket that waits for the client has the state "waiting".
 *
 * @param messages of its thread; an unsent answer already counts, as it will on the server
 */
export function ticketState(
  ticket: Pick<Ticket, 'status' | 'waitingFor'>,
  messages: readonly Message[] = [],
): {
  key: 'open' | 'closed' | 'nofix' | 'waiting';
  tone: 'warn' | 'good' | 'plain';
} {
  if (ticket.status !== 'open') return { key: ticket.status, tone: 'plain' };
  const unsent = messages.findLast(({ seq, kind }) => seq === 0 && kind === 'answer');
  const answeredByUs = unsent ? unsent.side === 'staff' : ticket.waitingFor === 'client';
  return answeredByUs ? { key: 'waiting', tone: 'good' } : { key: 'open', tone: 'warn' };
}
