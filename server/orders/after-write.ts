import type { AgreedPrice, Order } from '#shared/orders/schema.ts';
import { isMove, transitionsOf, type Transition } from '#shared/orders/transitions.ts';
import type { Tx } from '../context.ts';
import { notify, notifyAdmins } from '../people/notify.ts';
import { aboutOrder } from './about-order.ts';

/**
 * Queues the e-mails to the client and the admins about what happened to an order. A transition may have several e-mails
 * or none.
 */
export async function afterOrderWrite(
  tx: Tx,
  { before, after: order }: { before: Order | null; after: Order },
): Promise<void> {
  if (!before) return placed(tx, order);
  const transitions = transitionsOf(before, order);
  // A change adds its own price rows, so its e-mail also covers the price.
  const isChange = transitions.some(({ type }) => type === 'changed' || type.startsWith('change-'));
  // The new status comes first, because the other e-mails are about the order in that status.
  const ordered = [...transitions.filter(isMove), ...transitions.filter((each) => !isMove(each))];
  for (const transition of ordered) {
    if (isChange && transition.type === 'repriced') continue;
    await notifyOf(tx, order, transition);
  }
}

async function placed(tx: Tx, order: Order): Promise<void> {
  if (tx.writer.actor === null) return; // imported or demo data: nobody placed this order
  const payload = await aboutOrder(tx, order);
  await notify(tx, order.client, { kind: 'order-received', document: order.id, payload });
  const { comments } = order;
  await notifyAdmins(tx, { kind: 'order-placed', document: order.id, payload: { ...payload, comments } });
}

async function notifyOf(tx: Tx, order: Order, transition: Transition): Promise<void> {
  switch (transition.type) {
    case 'repriced':
      return notifyOfPrices(tx, order, transition.rows);
    case 'end-scheduled':
      return notifyOfEnd(tx, order, transition.on);
    case 'end-undone': {
      const payload = await aboutOrder(tx, order);
      const event = `end undone at ${tx.now}`;
      return notify(tx, order.client, { kind: 'order-goes-on', document: order.id, event, payload });
    }
    case 'status-scheduled':
    case 'status-unscheduled':
      return; // the e-mail is sent when it happens
    case 'change-scheduled':
    case 'changed':
      return notifyOfChange(tx, order, transition);
    case 'change-undone': {
      const payload = await aboutOrder(tx, order);
      const email = { kind: 'order-stays', document: order.id, event: `at ${tx.now}`, payload } as const;
      await notify(tx, order.client, email);
      return notifyAdmins(tx, email);
    }
    default:
      return notifyOfMove(tx, order, transition.type);
  }
}

async function notifyOfPrices(tx: Tx, order: Order, rows: readonly AgreedPrice[]): Promise<void> {
  const about = await aboutOrder(tx, order);
  for (const { from, amount } of rows) {
    await notify(tx, order.client, {
      kind: 'order-price',
      document: order.id,
      event: `from ${from}, price ${order.prices.length}`,
      payload: { ...about, amount, from },
    });
  }
}

async function notifyOfEnd(tx: Tx, order: Order, on: string): Promise<void> {
  const payload = { ...(await aboutOrder(tx, order)), on, byClient: order.endsBy !== 'staff' };
  const event = `on ${on}, scheduled at ${tx.now}`;
  await notify(tx, order.client, { kind: 'order-ends', document: order.id, event, payload });
}

/** When the day of a scheduled change has come, only the admins get an e-mail: the client got one when it was agreed. */
async function notifyOfChange(
  tx: Tx,
  order: Order,
  transition: Transition & { type: 'changed' | 'change-scheduled' },
): Promise<void> {
  const { change } = order;
  const about = await aboutOrder(tx, order, change?.service ?? order.service);
  const options = change?.options ?? order.options;
  const amount = order.prices.at(-1)?.amount ?? null;
  const payload = { ...about, amount, options, on: change?.on ?? null };
  const email = { kind: 'order-changed', document: order.id, event: `at ${tx.now}`, payload } as const;
  const wasNotified = transition.type === 'changed' && transition.wasScheduled;
  if (!wasNotified) await notify(tx, order.client, email);
  await notifyAdmins(tx, email);
}

async function notifyOfMove(tx: Tx, order: Order, type: Transition['type']): Promise<void> {
  const { status, reason } = order.history.at(-1) ?? order;
  const payload = { ...(await aboutOrder(tx, order)), status, reason };
  const event = `${status}, change ${order.history.length}`;
  const to = { document: order.id, event };
  if (type === 'withdrawn') await notify(tx, order.client, { ...to, kind: 'order-withdrawn', payload });
  else await notify(tx, order.client, { ...to, kind: 'order-status', payload });
  // An admin who ended the order knows. The admins get an e-mail if the client or the schedule ended it.
  const { actor } = tx.writer;
  if (order.status === 'cancelled' && (actor === null || actor.id === order.client)) {
    await notifyAdmins(tx, { ...to, kind: 'order-left', payload });
  }
}
