import type { Order } from '#shared/collections/orders.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { queueLetterTo, queueLetterToAdmins } from '../mail/queue-letter.ts';

/**
 * The client is told that an order was received, became active, was suspended or cancelled, will end, goes on after
 * all, has a new price; each change once. The admins hear of new orders.
 */
export async function orderEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const order = after as unknown as Order;
  const old = before as unknown as Order | null;
  const document = order.id;
  if (!old) {
    if (unit.writer.actor === null) return; // imported or made for trying out: nobody ordered it just now
    await queueLetterTo(unit, order.client, { kind: 'order-received', document });
    return queueLetterToAdmins(unit, { kind: 'order-placed', document });
  }
  if (old.status !== order.status) {
    await queueLetterTo(unit, order.client, { kind: 'order-status', document, step: order.history.length });
  } else if (old.cancelsOn !== order.cancelsOn) {
    const kind = order.cancelsOn === null ? 'order-goes-on' : 'order-ends';
    await queueLetterTo(unit, order.client, { kind, document, step: unit.now });
  }
  if (old.prices.length < order.prices.length && old.status !== 'setting up') {
    await queueLetterTo(unit, order.client, { kind: 'order-price', document, step: order.prices.length });
  }
}
