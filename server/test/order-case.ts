import { findDocument, findDocuments } from '#sync/server/row.ts';
import { invoices } from '#shared/invoices/schema.ts';
import type { Documents } from '#shared/collections.ts';
import { pushTo, type SignedIn } from './test-server.ts';
import type { Server } from '../context.ts';
import { findRows } from '../models/rows.ts';
import { orders } from '#shared/orders/schema.ts';

/**
 * The current order.
 *
 * @throws Error if there is no such order
 */
export async function orderOf(server: Server, id: string): Promise<Documents['orders']> {
  const order = await findDocument(server, orders, { where: { id } });
  if (!order) throw new Error(`there is no order ${id}`);
  return order;
}

/** The e-mails in the outbox, oldest first, as "kind recipient". */
export async function emailsIn({ models }: Server): Promise<string[]> {
  const rows = await findRows(models.outbox, { order: ['id'] });
  return rows.map(({ kind, recipient }) => `${kind} ${recipient.split('@')[0] ?? ''}`);
}

/**
 * Pushes changes of an order as a device of the person does.
 *
 * @returns 'done', or the refusal as "code field detail"
 */
export async function changeOrder(
  server: Server,
  person: SignedIn,
  { id, ...changes }: Record<string, unknown> & { id: string },
): Promise<string> {
  return resendAfter(person, await orderOf(server, id), changes);
}

/**
 * Pushes changes made by a person person last saw an earlier version of the order.
 *
 * @returns 'done', or the refusal as "code field detail"
 */
export async function resendAfter(
  person: SignedIn,
  known: Documents['orders'],
  changes: Record<string, unknown>,
): Promise<string> {
  // A client's replica lacks the fields that only staff may see.
  const { notes: _, ...seen } = known;
  const base = person.me.role === 'client' ? seen : known;
  const next = { ...base, ...changes, writtenAt: Date.now() + Math.random() };
  const { refusals } = await pushTo(person.api, 'orders', [{ base, next }]);
  const [refusal] = refusals;
  return refusal ? `${refusal.code} ${refusal.field ?? ''} ${refusal.detail ?? ''}`.trim() : 'done';
}

/** What drafts and issued corrections credit of an order: net, negative, in minor units. */
export async function creditedOf(server: Server, order: string): Promise<number> {
  const corrections = await findDocuments(server, invoices, { where: { kind: 'rectifying' } });
  const lines = corrections.flatMap((each) => each.lines.filter((line) => line.order === order));
  return lines.reduce((sum, { amount }) => sum + amount, 0);
}
