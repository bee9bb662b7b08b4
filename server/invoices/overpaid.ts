import { openOf } from '#shared/invoices/balance.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/** The client's other invoices that are overpaid, oldest first, locked until the transaction ends. */
export async function overpaidOf(tx: Tx, { id, client }: Invoice): Promise<Invoice[]> {
  const found = await findDocuments(tx.server, invoices, {
    where: { client, status: ['paid', 'void'] },
    order: ['number'],
    transaction: tx.transaction,
  });
  const overpaid: Invoice[] = [];
  for (const each of found) {
    if (each.id === id || openOf(each) >= 0) continue;
    const locked = await tx.load(invoices, each.id);
    if (locked && openOf(locked) < 0) overpaid.push(locked);
  }
  return overpaid;
}
