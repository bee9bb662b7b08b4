import { Op, type Transaction } from 'sequelize';
import { chargesDue, type Held, type MadeCharge } from '#shared/billing/charges.ts';
import type { Day } from '#shared/billing/day.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { type Order, orders } from '#shared/orders/schema.ts';

/* What a billing run reads: orders that started or will start, and the charges made for them. */

/** The order started at some time, or its start day is known. */
const hasStart = { [Op.or]: [{ anchor: { [Op.ne]: null } }, { nextStatus: { [Op.ne]: null } }] };

/** How many orders, with all of their charges, are in memory at once. */
const batchSize = 1_000;

/**
 * Finds what is due for all orders. Orders are read in batches, because the charges of one order do not depend on others.
 *
 * @returns ids of the clients with something to bill, and the held orders
 */
export async function dueOfAll(server: Server, until: Day): Promise<{ clients: string[]; held: Held[] }> {
  const clients = new Set<string>();
  const held: Held[] = [];
  for (let last = ''; ;) {
    const found = await findDocuments(server, orders, {
      where: { ...hasStart, id: { [Op.gt]: last } },
      order: ['id'],
      limit: batchSize,
    });
    const [first, end] = [found[0]?.id, found.at(-1)?.id];
    if (first === undefined || end === undefined) break;
    const [charges] = await server.db.query(
      'SELECT order_id AS `order`, from_day AS `from`, to_day AS `to` FROM charges WHERE order_id BETWEEN ? AND ?',
      { replacements: [first, end] },
    );
    const due = chargesDue(found, charges as MadeCharge[], until); // the columns selected above
    for (const { client } of due.charges) clients.add(client);
    held.push(...due.held);
    last = end;
    if (found.length < batchSize) break;
  }
  return { clients: [...clients], held };
}

/** The orders that started or have a start day: all of them, or one client's. */
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

/** The charges that were already made: all of them, or those of one client's orders. */
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
