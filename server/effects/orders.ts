import type { Order } from '#shared/collections/orders.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { queueLetterTo } from '../mail/queue-letter.ts';

/** The client is told when an order becomes active, suspended or cancelled; each change once. */
export async function orderEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const order = after as unknown as Order;
  if (!before || before['status'] === order.status) return;
  await queueLetterTo(unit, order.client, {
    kind: 'order-status',
    document: order.id,
    step: order.history.length,
  });
}
