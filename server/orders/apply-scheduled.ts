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
 * Applies what orders were scheduled to do by a day: it activates or suspends them, cancels those whose first day
 * without service has come, and makes the changes that were planned for the next period. Each counts from its scheduled
 * day, however late this runs. Running it again changes nothing.
 *
 * @param day default: today in the provider's time zone
 * @returns how many orders were cancelled, moved and changed, and how many failed
 */
export async function applyScheduled(server: Server, day?: Day): Promise<AppliedCounts> {
  const { timeZone } = await settings(server);
  const today = day ?? dayOf(server.now(), timeZone);
  const done: AppliedCounts = { ended: 0, moved: 0, changed: 0, failed: 0 };
  for (const id of await mayBeDue(server, today)) {
    const applied = await tryToApply(server, id, today);
    if (!applied) done.failed += 1;
    for (const what of applied ?? []) done[what] += 1;
  }
  return done;
}

/** Does the same for one order before a push changes it, so that the push is compared with its current state. */
export async function applyScheduledOf(server: Server, id: string): Promise<void> {
  const { timeZone } = await settings(server);
  const today = dayOf(server.now(), timeZone);
  if ((await mayBeDue(server, today, id)).length > 0) await tryToApply(server, id, today);
}

/** Returns null if it failed. The next run retries it, and no other order waits for it. */
async function tryToApply(server: Server, id: string, today: Day): Promise<AppliedKind[] | null> {
  try {
    return await applyAll(server, id, today);
  } catch (error) {
    server.log.error({ order: id, error }, 'what an order was to do by today could not be done');
    return null;
  }
}

type AppliedKind = Exclude<keyof AppliedCounts, 'failed'>;

/** Applies the due steps one after another, each in its own transaction. @returns what was applied */
async function applyAll(server: Server, id: string, today: Day): Promise<AppliedKind[]> {
  const done: AppliedKind[] = [];
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

/**
 * Returns the next due step of an order, or null if nothing is due on the day. A scheduled status comes first, then the
 * end, then a change.
 */
function dueOf(order: Order, today: Day, at: number): { what: AppliedKind; changes: Partial<Order> } | null {
  const { status, nextStatus: next, cancelsOn, change } = order;
  if (status === 'cancelled') return null;
  // A status that was scheduled after the end is dropped.
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
  const scheduled = [
    { cancelsOn: { [Op.lte]: today } },
    { nextStatus: { [Op.ne]: null } },
    { change: { [Op.ne]: null } },
  ];
  return findIds(server, orders, {
    where: { status: { [Op.ne]: 'cancelled' }, [Op.or]: scheduled, ...(id === undefined ? {} : { id }) },
  });
}
