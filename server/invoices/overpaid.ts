import { openOf } from '#shared/invoices/balance.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/** The other invoices of the same client that were paid too much, the oldest first, locked for this unit. */
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
