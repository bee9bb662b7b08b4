import { addDays, type Day } from '#shared/billing/day.ts';
import { newOrder } from '#shared/orders/new-order.ts';
import { type Order, orders, type PlannedStatus } from '#shared/orders/schema.ts';
import type { Actor } from '#shared/people/actor.ts';
import { people } from '#shared/people/schema.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import { type Server, transact } from '../../server/context.ts';
import { dueOfAll } from '../../server/invoices/billable.ts';
import { releaseOrder } from '../../server/invoices/release-order.ts';
import { between, oneOf, type Numbers } from '../numbers.ts';
import { entry, vpn, writer } from './cast.ts';
import { first } from './calendar.ts';

/**
 * Orders with a planned start or suspension, and orders with so many charges at once that a billing run holds
 * them.
 */

type Plan = Partial<Order> & Pick<Order, 'anchor' | 'history' | 'status'>;
const plannedFor = (on: Day, status: PlannedStatus['status']): PlannedStatus => ({
  on,
  status,
  reason: '',
  cause: null,
});

/** An order whose first start is planned. Some end before that day, some on it, and some after it. */
function startsLater(next: Numbers): Plan {
  const on = addDays(first, between(next(), 10, 330));
  return {
    status: 'setting up',
    anchor: null,
    history: [],
    nextStatus: plannedFor(on, 'active'),
    cancelsOn: next() < 0.4 ? addDays(on, oneOf([-2, 0, 1, 20, 90], next()) ?? 0) : null,
  };
}

function suspendsLater(next: Numbers): Plan {
  const anchor = addDays(first, between(next(), 0, 100));
  const on = addDays(anchor, between(next(), 5, 200));
  return {
    status: 'active',
    anchor,
    history: [entry(anchor, 'active')],
    nextStatus: plannedFor(on, 'suspended'),
    cancelsOn: next() < 0.6 ? addDays(on, oneOf([-3, 0, 2, 40], next()) ?? 0) : null,
  };
}

/**
 * More than three years of monthly charges, also for a run whose clock is behind. Its start is either already
 * applied or still planned.
 */
function yearsAtOnce(next: Numbers): Plan {
  const anchor = addDays('2021-06-01', between(next(), 0, 365));
  const isWritten = next() < 0.5;
  return {
    billingPeriod: 'month',
    status: isWritten ? 'active' : 'setting up',
    anchor: isWritten ? anchor : null,
    history: isWritten ? [entry(anchor, 'active')] : [],
    nextStatus: isWritten ? null : plannedFor(anchor, 'active'),
  };
}

/** An order that is suspended and resumed for less than a year. All of it becomes billable on the day it ends. */
function stretchesAtOnce(next: Numbers): Plan {
  const anchor = addDays(first, between(next(), 0, 20));
  const history = [entry(anchor, 'active')];
  let day = anchor;
  while (history.length < 80) {
    day = addDays(day, between(next(), 1, 4));
    history.push(entry(day, history.length % 2 === 0 ? 'active' : 'suspended'));
  }
  return {
    billingPeriod: 'year',
    alignment: 'anniversary',
    chargedAt: 'end',
    status: 'suspended',
    anchor,
    history,
    cancelsOn: addDays(day, 3),
    // High enough that a single day costs something.
    prices: [{ from: anchor, amount: between(next(), 6_000, 12_000) }],
  };
}

/**
 * Creates planned and held orders for each client.
 *
 * @returns the ids of the orders whose first start is planned
 */
export async function addPlans(
  server: Server,
  clients: readonly string[],
  next: Numbers,
): Promise<Set<string>> {
  const service = await vpn(server);
  const { result } = await transact(server, writer(server), async (tx) => {
    const starting = new Set<string>();
    for (const [i, client] of clients.entries()) {
      for (const plan of [startsLater, suspendsLater, i % 2 === 0 ? yearsAtOnce : stretchesAtOnce]) {
        const number = await tx.count('order');
        const planned = plan(next);
        const since = planned.anchor ?? planned.nextStatus?.on ?? first;
        const order = newOrder({
          id: server.newId(),
          number,
          service,
          client,
          instanceName: `machine ${number}`,
          orderedOn: since,
          billingPeriod: oneOf(['month', 'month', 'quarter', 'year', 'once'] as const, next()) ?? 'month',
          alignment: next() < 0.5 ? 'anniversary' : 'calendar',
          chargedAt: next() < 0.5 ? 'start' : 'end',
          // Low prices, so that a simplified invoice can hold years of charges.
          prices: [since, addDays(since, between(next(), 20, 90))].map((from) => ({
            from,
            amount: between(next(), 20, 60),
          })),
          ...planned,
        });
        await tx.create(orders, order);
        if (planned.history.length === 0) starting.add(order.id);
      }
    }
    return starting;
  });
  return result;
}

/**
 * While billing runs are at work, an admin releases orders that such a run holds, either all of an order or
 * from a day on. A release that fails is retried in another round.
 */
export async function releaseSome(server: Server, { day, next }: { day: Day; next: Numbers }): Promise<void> {
  const [id = ''] = await findIds(server, people, { where: { username: 'admin' } }); // created by addPeople
  const actor: Actor = { id, role: 'admin', name: 'admin' };
  const now = () => Date.parse(`${day}T12:00:00Z`);
  const { held } = await dueOfAll(server, day);
  for (const { order } of held) {
    const from = next() < 0.5 ? null : addDays(day, -between(next(), 0, 400));
    if (next() < 0.6) await releaseOrder({ ...server, now }, actor, { order, from });
  }
}

/** Orders that were charged before a job had applied their planned start. */
export async function chargedBeforeWritten(server: Server): Promise<string[]> {
  const charged = await chargedOrders(server);
  return charged.filter(({ nextStatus }) => nextStatus?.status === 'active').map(({ id }) => id);
}

export async function chargedOrders(server: Server): Promise<Order[]> {
  const [rows] = await server.db.query('SELECT DISTINCT order_id AS id FROM charges');
  const ids = (rows as { id: string }[]).map(({ id }) => id); // the column selected above
  return findDocuments(server, orders, { where: { id: ids } });
}
