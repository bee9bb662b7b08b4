import { Op } from 'sequelize';
import type { Charge } from '#shared/billing/charges.ts';
import type { Server, Tx } from '../context.ts';
import { findRows } from '../models/rows.ts';

/** An amount on a client's next invoice besides the charges for periods: net, in minor units. */
export type Adjustment = { id: string; order: string | null; text: string; amount: number };

/** Ids of the clients that have at least one adjustment waiting for an invoice. */
export async function clientsWithAdjustments(server: Server): Promise<string[]> {
  const rows = await findRows(server.models.adjustments, {
    where: { invoice: null },
    attributes: ['client'],
    group: ['client'],
  });
  return rows.map(({ client }) => client);
}

/**
 * The adjustments that go on an invoice with these charges: all positive ones, and negative ones, oldest first, while
 * there is still something to pay. The rest waits for the next invoice, because a total is never negative. The rows
 * are locked until the transaction ends.
 */
export async function adjustmentsFor(
  tx: Tx,
  client: string,
  charges: readonly Charge[],
): Promise<Adjustment[]> {
  const adjustments = await findRows(tx.server.models.adjustments, {
    where: { client, invoice: null },
    order: ['madeAt', 'id'],
    lock: tx.transaction.LOCK.UPDATE,
    transaction: tx.transaction,
  });
  return fittingAdjustments(charges, adjustments);
}

/** Selects the adjustments, given oldest first, that fit on an invoice with these charges. See `adjustmentsFor`. */
export function fittingAdjustments<T extends { amount: number }>(
  charges: readonly { amount: number }[],
  adjustments: readonly T[],
): T[] {
  let left = [...charges, ...adjustments].reduce((sum, { amount }) => sum + Math.max(amount, 0), 0);
  return adjustments.filter(({ amount }) => {
    if (amount >= 0) return true;
    if (left + amount <= 0) return false;
    left += amount;
    return true;
  });
}

/**
 * Offsets an amount of an order against its waiting adjustments of the opposite sign, the newest first. Without this,
 * one of the two would be invoiced while the other keeps waiting.
 *
 * @returns the rest of the amount, in minor units
 */
export async function offsetWaiting(tx: Tx, order: string, amount: number): Promise<number> {
  if (amount === 0) return 0;
  const { transaction } = tx;
  const rows = await findRows(tx.server.models.adjustments, {
    where: { order, invoice: null, amount: { [amount < 0 ? Op.gt : Op.lt]: 0 } },
    order: [
      ['madeAt', 'DESC'],
      ['id', 'DESC'],
    ],
    lock: transaction.LOCK.UPDATE,
    transaction,
  });
  let rest = amount;
  for (const { id, amount: waiting } of rows) {
    // The signs are opposite: use as much of the waiting amount as there is.
    const part = rest < 0 ? Math.min(waiting, -rest) : Math.max(waiting, -rest);
    if (part === 0) break;
    rest += part;
    const where = { id };
    if (part === waiting) await tx.server.models.adjustments.destroy({ where, transaction });
    else await tx.server.models.adjustments.update({ amount: waiting - part }, { where, transaction });
  }
  return rest;
}

/** Records that these adjustments are on this invoice, so that no other invoice includes them. */
export async function billAdjustments(
  tx: Tx,
  adjustments: readonly Adjustment[],
  invoice: string,
): Promise<void> {
  if (adjustments.length === 0) return;
  const where = { id: { [Op.in]: adjustments.map(({ id }) => id) } };
  await tx.server.models.adjustments.update({ invoice }, { where, transaction: tx.transaction });
}
