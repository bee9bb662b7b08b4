import { dayOf } from '#shared/billing/period.ts';
import { adjustmentOfChange, adjustmentOfMove } from '#shared/orders/adjustment.ts';
import type { Order } from '#shared/orders/schema.ts';
import { isMove, transitionsOf } from '#shared/orders/transitions.ts';
import type { Tx } from '../context.ts';
import { isWithinCharged } from '../orders/plan-change.ts';
import { settings } from '../settings/settings.ts';
import { offsetWaiting } from './waiting-adjustments.ts';
import { creditUnused } from './credit.ts';

/** Adds the price difference of a change within an order's period as an adjustment for the client's next invoice. */
export async function billOrderChanges(
  tx: Tx,
  { before, after: order }: { before: Order | null; after: Order },
): Promise<void> {
  if (!before) return;
  for (const transition of transitionsOf(before, order)) {
    if (isMove(transition)) await billMove(tx, before, order);
    if (transition.type === 'changed' && !transition.wasScheduled) await billChange(tx, before, order);
  }
}

async function billMove(tx: Tx, before: Order, order: Order): Promise<void> {
  const rest = await offsetWaiting(tx, order.id, adjustmentOfMove(before, order));
  if (rest > 0 || order.status !== 'cancelled') {
    if (order.status === 'cancelled') await creditUnused(tx, order, 0);
    return addAdjustment(tx, order, rest);
  }
  // The rest is credited together with the unused days, because a cancelled order may never get another invoice.
  await addAdjustment(tx, order, -(await creditUnused(tx, order, -rest)));
}

async function billChange(tx: Tx, before: Order, order: Order): Promise<void> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  if (await isWithinCharged(tx, before, today)) {
    await addAdjustment(tx, order, adjustmentOfChange(before, order, today));
  }
}

async function addAdjustment(tx: Tx, order: Order, amount: number): Promise<void> {
  if (amount === 0) return;
  const { server, transaction, now, writer } = tx;
  const { timeZone } = await settings(server, transaction);
  await server.models.adjustments.create(
    {
      id: server.newId(),
      client: order.client,
      order: order.id,
      amount,
      invoice: null,
      text: `${order.instanceName}: ${dayOf(now, timeZone)}`,
      madeAt: now,
      madeBy: writer.actor?.id ?? null,
    },
    { transaction },
  );
}
