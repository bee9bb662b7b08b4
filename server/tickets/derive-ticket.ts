import { isClient } from '#shared/people/role.ts';
import { DomainError } from '#shared/errors.ts';
import { orders } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import { activityAt } from '#shared/tickets/new-ticket.ts';
import { worksIn } from '#shared/tickets/queues.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';
import { leastLoaded } from './least-loaded.ts';

/**
 * Gives a new ticket its number and assignee, records who closed a ticket and when, and assigns a handed-over ticket.
 * @throws DomainError 'not-found', 'order-of-another-client' or 'assignee-not-staff', with the field
 */
export async function deriveTicket(
  tx: Tx,
  { before, after: ticket, changed }: Write<Ticket>,
): Promise<Partial<Ticket>> {
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
      ...activityAt(tx.now),
    };
  }
  if (changed.includes('order')) await checkOrder(tx, ticket);
  if (changed.includes('assignee') && ticket.assignee) await checkAssignee(tx, ticket);
  const handedOver = changed.includes('queue') ? await handOver(tx, ticket, changed) : {};
  if (!changed.includes('status')) return handedOver;
  const { actor, writtenAt } = tx.writer;
  if (ticket.status !== 'open') {
    return { ...handedOver, closedAt: writtenAt, closedBy: actor?.id ?? null, ...activityAt(tx.now) };
  }
  // If the client reopens the ticket, it waits for staff.
  const waitingFor = actor?.id === ticket.client ? 'us' : ticket.waitingFor;
  const reopened = { closedAt: null, closedBy: null, closingComment: null, waitingFor } as const;
  return { ...handedOver, ...reopened, ...activityAt(tx.now) };
}

/** Assigns the person the writer chose, or the available person of the new queue with the fewest open tickets. */
async function handOver(tx: Tx, ticket: Ticket, changed: readonly string[]): Promise<Partial<Ticket>> {
  const isChosen = changed.includes('assignee') && ticket.assignee !== null;
  const assignee = isChosen ? ticket.assignee : await leastLoaded(tx, ticket.queue);
  return { assignee, ...activityAt(tx.now) };
}

async function checkClient(tx: Tx, { client }: Ticket): Promise<void> {
  const person = typeof client === 'string' ? await tx.load(people, client) : null;
  if (!isClient(person) || person.status === 'unverified') throw new DomainError('not-found', 'client');
}

async function checkOrder(tx: Tx, ticket: Ticket): Promise<void> {
  if (ticket.order === null) return;
  const order = await tx.load(orders, ticket.order);
  if (!order || order.client !== ticket.client) throw new DomainError('order-of-another-client', 'order');
}

async function checkAssignee(tx: Tx, { assignee, queue }: Ticket): Promise<void> {
  const person = assignee && (await tx.load(people, assignee));
  if (!person || person.status !== 'verified' || !worksIn(queue, person.role)) {
    throw new DomainError('assignee-not-staff', 'assignee');
  }
}
