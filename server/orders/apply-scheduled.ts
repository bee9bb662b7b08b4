import { Op } from 'sequelize';
import type { Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { settings } from '../settings/settings.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { type Order, orders } from '#shared/orders/schema.ts';
import { beginScheduled, endScheduled } from '#shared/orders/status.ts';
import { findIds } from '#sync/server/row.ts';

export type AppliedCounts = { ended: number; moved: number; changed: number; failed: number };

/**
 * Does what orders were to do by a day: those that were to be activated or suspended are, those whose last day has come
 * are cancelled, and changes that waited for the next period are made. Each counts from the day that was said, whenever
 * this runs; done again it finds nothing.
 *
 * @param day default: today in the provider's time zone
 * @returns how many were cancelled, moved and changed, and how many could not be
 */
export async function applyScheduled(server: Server, day?: Day): Promise<AppliedCounts> {
  const { timeZone } = await settings(server);
  const today = day ?? dayOf(server.now(), timeZone);
  const done: AppliedCounts = { ended: 0, moved: 0, changed: 0, failed: 0 };
  for (const id of await mayBeDue(server, today)) {
    const did = await tryToApply(server, id, today);
    if (!did) done.failed += 1;
    for (const what of did ?? []) done[what] += 1;
  }
  return done;
}

/** The same for one order, before somebody changes it: what they say meets what it is by now. */
export async function applyScheduledOf(server: Server, id: string): Promise<void> {
  const { timeZone } = await settings(server);
  const today = dayOf(server.now(), timeZone);
  if ((await mayBeDue(server, today, id)).length > 0) await tryToApply(server, id, today);
}

/** Null where it failed: the next look tries it again, and nobody and nothing else waits for it. */
async function tryToApply(server: Server, id: string, today: Day): Promise<What[] | null> {
  try {
    return await applyAll(server, id, today);
  } catch (error) {
    server.log.error({ order: id, error }, 'what an order was to do by today could not be done');
    return null;
  }
}

type What = Exclude<keyof AppliedCounts, 'failed'>;

/** Each thing in a unit of its own, the earlier first. @returns what was done */
async function applyAll(server: Server, id: string, today: Day): Promise<What[]> {
  const done: What[] = [];
  const writer = jobWriter(server, 'due-orders');
  for (;;) {
    const { result } = await transact(server, writer, async (tx) => {
      const order = await tx.load(orders, id);
      const due = order && dueOf(order, today, server.now());
      if (!due) return null;
      await tx.update(orders, order, due.changes);
      return due.what;
    });
    if (!result) return done;
    done.push(result);
  }
}

/** What an order is to do first of all that it was to do by a day; null: nothing. */
function dueOf(order: Order, today: Day, at: number): { what: What; changes: Partial<Order> } | null {
  const { status, nextStatus: next, cancelsOn, change } = order;
  if (status === 'cancelled') return null;
  // A status that was to begin after the end goes with the end.
  if (next && next.on <= today && !(cancelsOn && cancelsOn <= next.on)) {
    return { what: 'moved', changes: beginScheduled(order, next, at) };
  }
  if (cancelsOn && cancelsOn <= today) {
    return { what: 'ended', changes: endScheduled(order, cancelsOn, at) };
  }
  if (!change?.on || change.on > today) return null;
  return { what: 'changed', changes: { service: change.service, options: change.options, change: null } };
}

async function mayBeDue(server: Server, today: Day, id?: string): Promise<string[]> {
  const waits = [
    { cancelsOn: { [Op.lte]: today } },
    { nextStatus: { [Op.ne]: null } },
    { change: { [Op.ne]: null } },
  ];
  return findIds(server, orders, {
    where: { status: { [Op.ne]: 'cancelled' }, [Op.or]: waits, ...(id === undefined ? {} : { id }) },
  });
}
