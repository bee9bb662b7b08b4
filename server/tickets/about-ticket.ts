import { people } from '#shared/people/schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Tx } from '../context.ts';

/** The ticket data in every e-mail about a ticket, as it was when the event happened. */
export type AboutTicket = { ticket: string; number: number; subject: string; clientName: string };

export async function aboutTicket(tx: Tx, { id, number, subject, client }: Ticket): Promise<AboutTicket> {
  const clientName = (await tx.read(people, client))?.displayName ?? '';
  return { ticket: id, number: number ?? 0, subject, clientName };
}
