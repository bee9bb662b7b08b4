import { Op } from 'sequelize';
import type { Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { Order, PlannedStatus } from '#shared/collections/orders.ts';
import type { Server } from '../context.ts';
import { inUnit } from '../documents/unit.ts';
import { settings } from '../provider/settings.ts';

export type CarriedOut = { ended: number; moved: number; changed: number; failed: number };

/**
 * Does what orders were to do by a day: those that were to be activated or suspended are, those whose last day has come
 * are cancelled, and changes that waited for the next period are made. Each counts from the day that was said, whenever this runs; done again it finds nothing.
 *
 * @param day default: today in the provider's time zone
 * @returns how many were cancelled, moved and changed, and how many could not be
 */
export async function carryOutDue(server: Server, day?: Day): Promise<CarriedOut> {
  const { timeZone } = await settings(server);
  const today = day ?? dayOf(server.now(), timeZone);
  const done: CarriedOut = { ended: 0, moved: 0, changed: 0, failed: 0 };
  const one = async (id: string, changes: (order: Order) => Partial<Order> | null): Promise<number> => {
    try {
      return await update(server, id, changes);
    } catch (error) {
      // It is tried again by the next look; nobody else waits for it.
      server.log.error({ order: id, error }, 'what an order was to do by today could not be done');
      done.failed += 1;
      return 0;
    }
  };
  for (const id of await open(server, { nextStatus: { [Op.ne]: null } })) {
    done.moved += await one(id, (order) => {
      const { nextStatus: next, cancelsOn } = order;
      // One that ended before goes with its end, below.
      if (!next || next.on > today || (cancelsOn && cancelsOn <= next.on)) return null;
      return begunStatus(order, next, server.now());
    });
  }
  for (const id of await open(server, { cancelsOn: { [Op.lte]: today } })) {
    done.ended += await one(id, (order) => {
      // Taken back or cancelled since it was found.
      if (!order.cancelsOn || order.cancelsOn > today || order.status === 'cancelled') return null;
      const end = { on: order.cancelsOn, status: 'cancelled' as const, reason: '', at: server.now() };
      const history = [...order.history, end];
      return {
        status: 'cancelled',
        cancelsOn: null,
        nextStatus: null,
        change: null,
        reason: '',
        cause: null,
        history,
      };
    });
  }
  for (const id of await open(server, { change: { [Op.ne]: null } })) {
    done.changed += await one(id, ({ change, status }) => {
      if (!change?.on || change.on > today || status === 'cancelled') return null;
      return { service: change.service, options: change.options, change: null };
    });
  }
  return done;
}

/** What an order becomes where a status that was said before begins: it counts from its own day, whenever this runs. */
export function begunStatus(order: Order, { cause, ...next }: PlannedStatus, at: number): Partial<Order> {
  const { status, reason, on } = next;
  const history = [...order.history, { ...next, at, ...(cause ? { cause } : {}) }];
  const anchor = order.anchor ?? (status === 'active' ? on : null);
  return { status, reason, cause, history, anchor, nextStatus: null };
}

async function open(server: Server, where: object): Promise<string[]> {
  const rows = await server.models.orders.findAll({
    where: { ...where, status: { [Op.ne]: 'cancelled' } },
    attributes: ['id'],
    raw: true,
  });
  return (rows as unknown as { id: string }[]).map(({ id }) => id); // the column selected above
}

/** One order in a unit of its own. @returns 1 where it was changed */
async function update(
  server: Server,
  id: string,
  changes: (order: Order) => Partial<Order> | null,
): Promise<number> {
  const writer = { actor: null, device: 'due-orders', writtenAt: server.now() };
  const { result } = await inUnit(server, writer, async (unit) => {
    const order = await unit.load('orders', id);
    const changed = order && changes(order);
    if (!changed) return 0;
    await unit.update('orders', order, changed);
    return 1;
  });
  return result;
}
