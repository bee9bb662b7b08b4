import type { Ticket } from '#shared/tickets/schema.ts';

/** How a ticket stands in a word and a colour: an open one that waits for the client is "answered". */
export function ticketState(ticket: Pick<Ticket, 'status' | 'waitingFor'>): {
  key: 'open' | 'closed' | 'nofix' | 'waiting';
  tone: 'bad' | 'warn' | 'good' | 'plain';
} {
  if (ticket.status !== 'open') return { key: ticket.status, tone: 'plain' };
  return ticket.waitingFor === 'client' ? { key: 'waiting', tone: 'good' } : { key: 'open', tone: 'bad' };
}
