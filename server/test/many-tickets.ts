import type { Documents } from '#shared/collections.ts';
import { findDocument, toRow } from '#sync/server/row.ts';
import type { ProxiedDevice } from './proxied-device.ts';
import { ticketBy } from './replica-device.ts';
import { pullFrom, pushTo, type SignedIn } from './test-server.ts';
import type { Server } from '../context.ts';
import { tickets } from '#shared/tickets/schema.ts';
import { newId } from '../demo/new-id.ts';

type Ticket = Documents['tickets'];

/**
 * Inserts many tickets of one client directly into the table. Every fourth is open, every tenth is in the
 * billing queue, and the last is the newest.
 */
export async function manyTickets(server: Server, client: string, count: number): Promise<Ticket[]> {
  const start = Date.now() - count * 60_000;
  const [rows] = await server.db.query("SELECT value FROM counters WHERE name = 'sync'");
  const head = Number((rows as { value: string }[])[0]?.value); // the columns of the query above
  const created = Array.from({ length: count }, (_, i): Ticket => {
    const time = start + i * 60_000;
    const open = i % 4 === 0;
    return ticketBy(
      { id: client },
      {
        createdAt: time,
        updatedAt: time,
        writtenAt: time,
        lastActivityAt: time,
        recent: -time,
        id: newId(time),
        number: 100_000 + i,
        seq: head + i + 1,
        subject: `ticket ${i}`,
        queue: i % 10 === 9 ? 'billing' : 'technical',
        priority: i % 3 === 0 ? 'high' : 'normal',
        ...(open ? {} : { status: 'closed', closedAt: time, closedBy: client, closingComment: 'done' }),
      },
    );
  });
  await server.models.tickets.bulkCreate(created.map((ticket) => toRow(tickets, ticket)));
  await server.db.query("UPDATE counters SET value = ? WHERE name = 'sync'", {
    replacements: [head + count],
  });
  return created;
}

export function onServer(server: Server, id: string): Promise<Ticket | null> {
  return findDocument(server, tickets, { where: { id } });
}

/**
 * Changes a ticket as another person does.
 *
 * @throws Error if the change is refused
 */
export async function change(by: SignedIn, id: string, changes: Partial<Ticket>): Promise<void> {
  const { documents } = await pullFrom(by.api, 'tickets', { limit: 2_000 });
  const seen = documents.find((each) => each.id === id);
  if (!seen) throw new Error(`${by.me.name} does not see ticket ${id}`);
  const { _deleted: _, ...base } = seen;
  const { refusals } = await pushTo(by.api, 'tickets', [{ base, next: { ...base, ...changes } }]);
  if (refusals.length > 0) throw new Error(`not accepted: ${JSON.stringify(refusals)}`);
}

/** The requests for pages of the first pull of tickets; `cursor` is where each page begins. */
export function pagesRequested({ proxy }: ProxiedDevice) {
  return proxy.log.filter((each) => each.procedure === 'sync.first' && each.collection === 'tickets');
}
