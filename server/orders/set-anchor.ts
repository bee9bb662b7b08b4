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
 * The day that places the periods of an order, instead of that of its first activation. It only says where periods
 * begin, never that a day is charged on which the order did not run; once anything is charged it stays for good.
 *
 * @throws DomainError 'not-found'; 'invalid' with 'charged', 'change' (something waits or was
 * changed within the old periods) or, before the first activation, 'status'
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
    // The lock that lines up with a billing run at the same client, before that of the order.
    await tx.load(people, found.client);
    const order = await tx.load(orders, id);
    if (!order) throw new DomainError('not-found', 'order');
    if (order.anchor === null) throw new DomainError('invalid', 'anchor', 'status');
    // What was agreed with the old periods would be charged twice, or in the middle of a new one.
    const isAgreed = order.change !== null || order.cancelsOn !== null || order.prices.some(({ now }) => now);
    if (isAgreed) throw new DomainError('invalid', 'anchor', 'change');
    const isCharged = await findRow(server.models.charges, { where: { order: id }, transaction });
    if (isCharged) throw new DomainError('invalid', 'anchor', 'charged');
    await changeByCommand(tx, orders, { before: order, patch: { anchor } });
  });
  return { ok: true };
}
