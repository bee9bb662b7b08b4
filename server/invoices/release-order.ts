import { chargesDue } from '#shared/billing/charges.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { Day } from '#shared/billing/day.ts';
import { DomainError } from '#shared/errors.ts';
import { changeByCommand } from '#sync/server/write.ts';
import { settings } from '../settings/settings.ts';
import { chargesMade, startedOrders } from './billable.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { orders } from '#shared/orders/schema.ts';
import type { Ok } from '#shared/ok.ts';

/**
 * Releases a held order. The next run makes all of its charges; with `from`, days before it are never charged.
 *
 * @throws DomainError 'not-held' if a run today would not hold the order; 'invalid', 'not-found', 'not-allowed'
 */
export async function releaseOrder(
  server: Server,
  actor: Actor,
  { order: id, from }: { order: string; from: Day | null },
): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const order = await tx.load(orders, id);
    if (!order) throw new DomainError('not-found', 'order');
    const { timeZone } = await settings(server, tx.transaction);
    const today = dayOf(tx.now, timeZone);
    const started = await startedOrders(server, order.client, tx.transaction);
    const existing = await chargesMade(server, order.client, tx.transaction);
    const { held } = chargesDue(started, existing, today);
    if (!held.some((each) => each.order === id)) throw new DomainError('not-held', 'order');
    if (from !== null && from < (order.billFrom ?? ''))
      throw new DomainError('invalid', 'from', order.billFrom);
    const patch = from === null ? { releasedUntil: today } : { billFrom: from, releasedUntil: today };
    await changeByCommand(tx, orders, { before: order, patch });
  });
  return { ok: true };
}
