import type { Ticket } from '#shared/tickets/schema.ts';

/** A ticket's state as a word and a colour. An open ticket that waits for the client has the state "waiting". */
export function ticketState(ticket: Pick<Ticket, 'status' | 'waitingFor'>): {
  key: 'open' | 'closed' | 'nofix' | 'waiting';
  tone: 'bad' | 'warn' | 'good' | 'plain';
} {
  if (ticket.status !== 'open') return { key: ticket.status, tone: 'plain' };
  return ticket.waitingFor === 'client' ? { key: 'waiting', tone: 'good' } : { key: 'open', tone: 'bad' };
}
