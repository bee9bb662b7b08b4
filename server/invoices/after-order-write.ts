import { dayOf } from '#shared/billing/period.ts';
import { adjustmentOfChange, adjustmentOfMove } from '#shared/orders/adjustment.ts';
import type { Order } from '#shared/orders/schema.ts';
import { isMove, transitionsOf } from '#shared/orders/transitions.ts';
import type { Tx } from '../context.ts';
import { isWithinCharged } from '../orders/plan-change.ts';
import { people } from '#shared/people/schema.ts';
import { printedDay, words } from './pdf/invoice-words.ts';
import { settings } from '../settings/settings.ts';
import { offsetWaiting } from './waiting-adjustments.ts';
import { creditReduction } from './credit-reduction.ts';
import { creditUnused, isCreditedWhole } from './credit.ts';

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
  if (order.status !== 'cancelled') return addAdjustment(tx, order, rest);
  if (rest > 0 && order.chargedAt === 'end' && !isCreditedWhole(order)) return addAdjustment(tx, order, rest);
  // The rest is credited together with the unused days, because a cancelled order may never get another invoice. A positive
  // rest was credited when the price was reduced, so the unused days are worth less.
  await addAdjustment(tx, order, -(await creditUnused(tx, order, -rest)));
}

async function billChange(tx: Tx, before: Order, order: Order): Promise<void> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  if (!(await isWithinCharged(tx, before, today))) return;
  const amount = adjustmentOfChange(before, order, today);
  if (amount >= 0 || order.chargedAt === 'end') return addAdjustment(tx, order, amount);
  // What was invoiced is reduced by a rectifying invoice (art. 80 LIVA, art. 15 RD 1619/2012), never by a negative line of
  // another one. What still waits for an invoice is reduced there.
  const rest = await offsetWaiting(tx, order.id, amount);
  if (rest < 0) {
    const waiting = await creditReduction(tx, order, { amount: -rest, day: today });
    await addAdjustment(tx, order, -waiting);
  }
}

async function addAdjustment(tx: Tx, order: Order, amount: number): Promise<void> {
  if (amount === 0) return;
  const { server, transaction, now, writer } = tx;
  const { timeZone } = await settings(server, transaction);
  const language = (await tx.read(people, order.client))?.language ?? 'en';
  await server.models.adjustments.create(
    {
      id: server.newId(),
      client: order.client,
      order: order.id,
      amount,
      invoice: null,
      text: words[language].changed(order.instanceName, printedDay(dayOf(now, timeZone), { language })),
      madeAt: now,
      madeBy: writer.actor?.id ?? null,
    },
    { transaction },
  );
}
