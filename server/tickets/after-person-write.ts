import type { Person } from '#shared/people/schema.ts';
import { tickets } from '#shared/tickets/schema.ts';
import { loadDocuments } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { leastLoaded } from './least-loaded.ts';

/** Reassigns a person's open tickets after the person is disabled or changes role. */
export async function reassignTickets(
  tx: Tx,
  { before, after }: { before: Person | null; after: Person },
): Promise<void> {
  if (!before) return;
  const isDisabled = before.status !== 'disabled' && after.status === 'disabled';
  if (!isDisabled && before.role === after.role) return;
  for (const ticket of await loadDocuments(tx, tickets, { assignee: after.id, status: 'open' })) {
    await tx.update(tickets, ticket, { assignee: await leastLoaded(tx, ticket.queue) });
  }
}
