import { Op } from 'sequelize';
import { workersOf, type Ticket } from '#shared/tickets/schema.ts';
import { DomainError } from '#shared/errors.ts';
import type { Tx } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

type Queue = Ticket['queue'];

export async function deriveTicket(
  tx: Tx,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const ticket = after as unknown as Ticket; // its fields were parsed; those missing here are stamped below
  if (!before) {
    await checkClient(tx, ticket);
    await checkOrder(tx, ticket);
    if (ticket.assignee) await checkAssignee(tx, ticket);
    return {
      number: await tx.count('ticket'),
      assignee: ticket.assignee ?? (await leastLoaded(tx, ticket.queue)),
      waitingFor: 'us',
      closedAt: null,
      closedBy: null,
      ...activity(tx.now),
    };
  }
  if (changed.includes('order')) await checkOrder(tx, ticket);
  if (changed.includes('assignee') && ticket.assignee) await checkAssignee(tx, ticket);
  const handedOver = changed.includes('queue') ? await handOver(tx, ticket, changed) : {};
  if (!changed.includes('status')) return handedOver;
  const closes = ticket.status !== 'open';
  return {
    ...handedOver,
    closedAt: closes ? tx.writer.writtenAt : null,
    closedBy: closes ? (tx.writer.actor?.id ?? null) : null,
    ...(closes ? {} : { closingComment: null }),
    // Who opens their ticket again has something to be done.
    ...(!closes && tx.writer.actor?.id === ticket.client ? { waitingFor: 'us' } : {}),
    ...activity(tx.now),
  };
}

/** In the other queue somebody else works: who is named, or the available one with the fewest open tickets. */
async function handOver(tx: Tx, ticket: Ticket, changed: readonly string[]) {
  const named = changed.includes('assignee') && ticket.assignee !== null;
  const assignee = named ? ticket.assignee : await leastLoaded(tx, ticket.queue);
  return { assignee, ...activity(tx.now) };
}

/** A ticket's last activity, and the same as the ascending key that lists are sorted by. */
export function activity(now: number): { lastActivityAt: number; recent: number } {
  return { lastActivityAt: now, recent: -now };
}

async function checkClient(tx: Tx, { client }: Ticket): Promise<void> {
  const person = typeof client === 'string' ? await tx.load('people', client) : null;
  if (person?.role !== 'client' || person.status === 'unverified')
    throw new DomainError('not-found', 'client');
}

async function checkOrder(tx: Tx, ticket: Ticket): Promise<void> {
  if (ticket.order === null) return;
  const order = await tx.load('orders', ticket.order);
  if (!order || order.client !== ticket.client) throw new DomainError('order-of-another-client', 'order');
}

async function checkAssignee(tx: Tx, { assignee, queue }: Ticket): Promise<void> {
  const person = assignee && (await tx.load('people', assignee));
  if (!person || person.status !== 'verified' || !workersOf[queue].includes(person.role)) {
    throw new DomainError('assignee-not-staff', 'assignee');
  }
}

/** The available person of the queue's role with the fewest open tickets, else an admin; null where there is nobody. */
export async function leastLoaded(tx: Tx, queue: Queue): Promise<string | null> {
  const { models } = tx.server;
  for (const role of workersOf[queue]) {
    const people = await models.people.findAll({
      where: { role, status: 'verified', ...(role === 'admin' ? {} : { available: true }) },
      order: ['createdAt', 'id'],
      transaction: tx.transaction,
      raw: true,
    });
    const ids = people.map((person) => (person as unknown as { id: string }).id);
    if (ids.length === 0) continue;
    const open = await models.tickets.findAll({
      attributes: ['assignee'],
      where: { status: 'open', assignee: { [Op.in]: ids } },
      transaction: tx.transaction,
      raw: true,
    });
    const load = (id: string) => open.filter((row) => (row as unknown as Ticket).assignee === id).length;
    return ids.reduce((best, id) => (load(id) < load(best) ? id : best));
  }
  return null;
}
