import { Op, type Transaction } from 'sequelize';
import { chargesDue, type Held, type MadeCharge } from '#shared/billing/charges.ts';
import type { Day } from '#shared/billing/day.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { type Order, orders } from '#shared/orders/schema.ts';

/** What a run reads: orders that have become active at some time or will, and the charges made of them. */

/** It runs or ran, or is to begin on a day that is known. */
const hasStart = { [Op.or]: [{ anchor: { [Op.ne]: null } }, { nextStatus: { [Op.ne]: null } }] };

/** How many orders, with all that was charged for them, are in memory at once. */
const batch = 1_000;

/**
 * What is due of all orders, read a part of them after the other: each order's charges follow from itself alone.
 *
 * @returns who has something to be billed, and which orders are held
 */
export async function dueOfAll(server: Server, until: Day): Promise<{ clients: string[]; held: Held[] }> {
  const clients = new Set<string>();
  const held: Held[] = [];
  for (let last = ''; ;) {
    const found = await findDocuments(server, orders, {
      where: { ...hasStart, id: { [Op.gt]: last } },
      order: ['id'],
      limit: batch,
    });
    const [first, end] = [found[0]?.id, found.at(-1)?.id];
    if (first === undefined || end === undefined) break;
    const [made] = await server.db.query(
      'SELECT order_id AS `order`, from_day AS `from`, to_day AS `to` FROM charges WHERE order_id BETWEEN ? AND ?',
      { replacements: [first, end] },
    );
    const due = chargesDue(found, made as MadeCharge[], until); // the columns selected above
    for (const { client } of due.charges) clients.add(client);
    held.push(...due.held);
    last = end;
    if (found.length < batch) break;
  }
  return { clients: [...clients], held };
}

export async function startedOrders(
  server: Server,
  client?: string,
  transaction?: Transaction,
): Promise<Order[]> {
  return findDocuments(server, orders, {
    where: { ...hasStart, ...(client ? { client } : {}) },
    order: ['number'],
    transaction,
  });
}

export async function chargesMade(
  server: Server,
  client?: string,
  transaction?: Transaction,
): Promise<MadeCharge[]> {
  const [rows] = await server.db.query(
    `SELECT c.order_id AS \`order\`, c.from_day AS \`from\`, c.to_day AS \`to\` FROM charges c
     ${client ? 'JOIN orders o ON o.id = c.order_id WHERE o.client = ?' : ''}`,
    { replacements: client ? [client] : [], ...(transaction ? { transaction } : {}) },
  );
  return rows as MadeCharge[]; // the columns selected above
}
