import { dayOf } from '#shared/billing/period.ts';
import type { AgreedPrice, Order } from '#shared/orders/schema.ts';
import { sameValue, type Change, type Tx } from '#sync/server/transaction.ts';
import { stepOfPrice } from './emails.ts';
import { queueEmailTo, queueEmailToAdmins } from '../email/outbox.ts';
import { creditUnused } from '../invoices/credit.ts';
import { settle } from '../invoices/adjustments.ts';
import { adjustmentOf, adjustmentOfMove } from './change-order.ts';
import { settings } from '../settings/settings.ts';

/**
 * The client is told that an order was received, became active, was suspended, cancelled or withdrawn from, will end,
 * goes on after all, was changed, has a new price; each change once. The admins hear of what they have to do.
 */
export async function afterOrderWrite(tx: Tx, { before, after }: Change): Promise<void> {
  const order = after as unknown as Order;
  const old = before as unknown as Order | null;
  const document = order.id;
  if (!old) {
    if (tx.writer.actor === null) return; // imported or made for trying out: nobody ordered it just now
    await queueEmailTo(tx, order.client, { kind: 'order-received', document });
    return queueEmailToAdmins(tx, { kind: 'order-placed', document });
  }
  await afterStatusChange(tx, old, order);
  await afterPlanChange(tx, old, order);
}

async function afterStatusChange(tx: Tx, old: Order, order: Order): Promise<void> {
  const document = order.id;
  const step = order.history.length;
  if (old.status !== order.status) {
    const adjustment = await settle(tx, order.id, adjustmentOfMove(old, order));
    // What was charged is credited like all that is not used: there may be no invoice to come that it could go on.
    const back = order.status === 'cancelled' ? await creditUnused(tx, order, Math.max(-adjustment, 0)) : -adjustment;
    await addAdjustment(tx, order, adjustment > 0 ? adjustment : -back);
    const kind = order.cause === 'withdrawal' ? 'order-withdrawn' : 'order-status';
    await queueEmailTo(tx, order.client, { kind, document, step });
    // An admin who ended it knows; of its client, or on the day that was said, they hear: it is to be taken down.
    const { actor } = tx.writer;
    if (order.status === 'cancelled' && (actor === null || actor.id === order.client)) {
      await queueEmailToAdmins(tx, { kind: 'order-left', document, step });
    }
  }
  if (old.cancelsOn !== order.cancelsOn && order.status !== 'cancelled') {
    const kind = order.cancelsOn === null ? 'order-goes-on' : 'order-ends';
    await queueEmailTo(tx, order.client, { kind, document, step: tx.now });
  }
}

async function afterPlanChange(tx: Tx, old: Order, order: Order): Promise<void> {
  const document = order.id;
  const isOther = old.service !== order.service || !sameValue(old.options, order.options);
  const wasDue = old.change !== null && isOther;
  if (isOther && !wasDue) await chargeDifference(tx, old, order);
  if (isOther || (!sameValue(old.change, order.change) && order.status !== 'cancelled')) {
    const takenBack = !isOther && order.change === null;
    const email = {
      ...{ document, step: tx.now },
      kind: takenBack ? ('order-stays' as const) : ('order-changed' as const),
    };
    // Its day has come: the client was told when it was agreed, the admins have it to do now.
    if (!wasDue) await queueEmailTo(tx, order.client, email);
    return queueEmailToAdmins(tx, email);
  }
  for (const { from } of newPrices(old, order)) {
    const step = stepOfPrice(from, order.prices.length);
    await queueEmailTo(tx, order.client, { kind: 'order-price', document, step });
  }
}

/** What was agreed now, a row a day; a row that only repeats the one before it is no news. */
function newPrices(old: Order, { prices }: Order): AgreedPrice[] {
  const added = prices.filter((row) => !old.prices.some((known) => sameValue(known, row)));
  const days = added.filter(({ from }, i) => added[i + 1]?.from !== from);
  return days.filter(({ amount }, i) => amount !== days[i - 1]?.amount);
}

/** What the rest of the current period costs more or less waits for the client's next invoice. */
async function chargeDifference(tx: Tx, old: Order, order: Order): Promise<void> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  await addAdjustment(tx, order, await adjustmentOf(tx, old, { order, today }));
}

async function addAdjustment(tx: Tx, order: Order, amount: number): Promise<void> {
  if (amount === 0) return;
  const { timeZone } = await settings(tx.server, tx.transaction);
  const today = dayOf(tx.now, timeZone);
  await tx.server.models.adjustments.create(
    {
      ...{ id: tx.server.newId(), client: order.client, order: order.id, amount, invoice: null },
      ...{ text: `${order.instanceName}: ${today}`, madeAt: tx.now, madeBy: tx.writer.actor?.id ?? null },
    },
    { transaction: tx.transaction },
  );
}
