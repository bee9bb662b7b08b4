import { Op } from 'sequelize';
import type { Charge } from '#shared/billing/charges.ts';
import type { Server } from '../context.ts';
import type { Unit } from '../documents/unit.ts';

/** What goes on a client's next invoice beside the charges of periods, net, in minor units. */
export type Extra = { id: string; order: string | null; text: string; amount: number };

/** The clients for whom at least one extra waits. */
export async function clientsWithExtras(server: Server): Promise<string[]> {
  const rows = await server.models.extras.findAll({
    where: { invoice: null },
    attributes: ['client'],
    group: ['client'],
    raw: true,
  });
  return (rows as unknown as { client: string }[]).map(({ client }) => client);
}

/**
 * The extras that go on the invoice of these charges: all that is to be paid, and of what is given back, the oldest
 * first, as much as leaves something to pay. The rest waits for the next (a total is never negative).
 */
export async function extrasFor(unit: Unit, client: string, charges: readonly Charge[]): Promise<Extra[]> {
  const rows = await unit.server.models.extras.findAll({
    where: { client, invoice: null },
    order: ['madeAt', 'id'],
    lock: unit.transaction.LOCK.UPDATE,
    transaction: unit.transaction,
    raw: true,
  });
  const extras = (rows as unknown as (Extra & { amount: string })[]).map(
    ({ id, order, text, amount }): Extra => ({ id, order, text, amount: Number(amount) }),
  );
  return fitting(charges, extras);
}

/** Of the extras that wait, oldest first, those that go on an invoice with these charges. */
export function fitting<E extends { amount: number }>(
  charges: readonly { amount: number }[],
  extras: readonly E[],
): E[] {
  let left = [...charges, ...extras].reduce((sum, { amount }) => sum + Math.max(amount, 0), 0);
  return extras.filter(({ amount }) => {
    if (amount >= 0) return true;
    if (left + amount <= 0) return false;
    left += amount;
    return true;
  });
}

/** The extras are on this invoice, and on no other. */
export async function billExtras(unit: Unit, extras: readonly Extra[], invoice: string): Promise<void> {
  if (extras.length === 0) return;
  const where = { id: { [Op.in]: extras.map(({ id }) => id) } };
  await unit.server.models.extras.update({ invoice }, { where, transaction: unit.transaction });
}
