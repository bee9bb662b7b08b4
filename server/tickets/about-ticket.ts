import { people } from '#shared/people/schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Tx } from '../context.ts';

/** What every e-mail about a ticket says of it, as it was at the event. */
export type AboutTicket = { ticket: string; number: number; subject: string; clientName: string };

export async function aboutTicket(tx: Tx, { id, number, subject, client }: Ticket): Promise<AboutTicket> {
  const clientName = (await tx.load(people, client))?.displayName ?? '';
  return { ticket: id, number: number ?? 0, subject, clientName };
}
