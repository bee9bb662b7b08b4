import type { NewDocument } from '../engine/collection.ts';
import type { Ticket } from './schema.ts';

/** The fields that the writer of a new ticket chooses. */
export type TicketInput = Pick<Ticket, 'id' | 'client' | 'queue' | 'subject'> &
  Partial<Pick<Ticket, 'order' | 'assignee' | 'priority' | 'number'>>;

/**
 * Builds a new, open ticket. Its number is null until the server assigns one.
 *
 * @param now milliseconds since 1970
 */
export function newTicket(input: TicketInput, now: number): NewDocument<Ticket> {
  return {
    number: null,
    order: null,
    assignee: null,
    priority: 'normal',
    ...input,
    status: 'open',
    closingComment: null,
    waitingFor: 'us',
    ...activityAt(now),
    closedAt: null,
    closedBy: null,
    firstAnswerAt: null,
  };
}

/** The subject of a ticket that was opened by an e-mail without one, or whose first message was redacted. */
export const noSubject = '(no subject)';

/** A ticket's last activity, and its negative, by which lists are sorted in ascending order. */
export function activityAt(now: number): Pick<Ticket, 'lastActivityAt' | 'recent'> {
  return { lastActivityAt: now, recent: -now };
}
