import { Op } from 'sequelize';
import type { Charge } from '#shared/billing/charges.ts';
import type { Server, Tx } from '../context.ts';
import { findRows } from '../models/rows.ts';

/** What goes on a client's next invoice beside the charges of periods, net, in minor units. */
export type Adjustment = { id: string; order: string | null; text: string; amount: number };

/** The clients for whom at least one adjustment waits. */
export async function clientsWithAdjustments(server: Server): Promise<string[]> {
  const rows = await findRows(server.models.adjustments, {
    where: { invoice: null },
    attributes: ['client'],
    group: ['client'],
  });
  return rows.map(({ client }) => client);
}

/**
 * The adjustments that go on the invoice of these charges: all that is to be paid, and of what is given back, the oldest
 * first, as much as leaves something to pay. The rest waits for the next (a total is never negative).
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
  return fitting(charges, adjustments);
}

/** Of the adjustments that wait, oldest first, those that go on an invoice with these charges. */
export function fitting<E extends { amount: number }>(
  charges: readonly { amount: number }[],
  adjustments: readonly E[],
): E[] {
  let left = [...charges, ...adjustments].reduce((sum, { amount }) => sum + Math.max(amount, 0), 0);
  return adjustments.filter(({ amount }) => {
    if (amount >= 0) return true;
    if (left + amount <= 0) return false;
    left += amount;
    return true;
  });
}

/**
 * What an order costs more or less, first taken off what waits of it with the other sign: the two would make an
 * invoice of one and let the other wait.
 *
 * @returns what is left, in minor units
 */
export async function settle(tx: Tx, order: string, amount: number): Promise<number> {
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
  for (const { id, amount: waits } of rows) {
    // Of opposite signs: as much of it as is there.
    const part = rest < 0 ? Math.min(waits, -rest) : Math.max(waits, -rest);
    if (part === 0) break;
    rest += part;
    const where = { id };
    if (part === waits) await tx.server.models.adjustments.destroy({ where, transaction });
    else await tx.server.models.adjustments.update({ amount: waits - part }, { where, transaction });
  }
  return rest;
}

/** The adjustments are on this invoice, and on no other. */
export async function billAdjustments(
  tx: Tx,
  adjustments: readonly Adjustment[],
  invoice: string,
): Promise<void> {
  if (adjustments.length === 0) return;
  const where = { id: { [Op.in]: adjustments.map(({ id }) => id) } };
  await tx.server.models.adjustments.update({ invoice }, { where, transaction: tx.transaction });
}
