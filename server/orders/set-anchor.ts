import type { Day } from '#shared/billing/day.ts';
import { DomainError } from '#shared/errors.ts';
import { findDocument } from '#sync/server/row.ts';
import { changeByCommand } from '#sync/server/write.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { findRow } from '../models/rows.ts';
import { orders } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import type { Ok } from '#shared/ok.ts';

/**
 * Sets the day on which the periods of an order begin, instead of the day of its first activation. A day on which the
 * order did not run is still not charged. Once anything is charged, the day cannot be changed any more.
 *
 * @throws DomainError 'not-found', or 'invalid' with one of these details:
 * - 'status': the order was never activated
 * - 'change': a change or an end is pending, or a price was changed within the old periods
 * - 'charged': something was charged already
 */
export async function setAnchor(
  server: Server,
  actor: Actor,
  { order: id, anchor }: { order: string; anchor: Day },
): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const { transaction } = tx;
    const found = await findDocument(server, orders, { where: { id }, transaction });
    if (!found) throw new DomainError('not-found', 'order');
    // Lock the client before the order, as a billing run does, so that one waits for the other.
    await tx.load(people, found.client);
    const order = await tx.load(orders, id);
    if (!order) throw new DomainError('not-found', 'order');
    if (order.anchor === null) throw new DomainError('invalid', 'anchor', 'status');
    // What was agreed for the old periods would be charged twice, or in the middle of a new period.
    const isAgreed = order.change !== null || order.cancelsOn !== null || order.prices.some(({ now }) => now);
    if (isAgreed) throw new DomainError('invalid', 'anchor', 'change');
    const isCharged = await findRow(server.models.charges, { where: { order: id }, transaction });
    if (isCharged) throw new DomainError('invalid', 'anchor', 'charged');
    await changeByCommand(tx, orders, { before: order, patch: { anchor } });
  });
  return { ok: true };
}
