import { findDocument } from '#sync/server/row.ts';
import type { Documents } from '#shared/collections.ts';
import { pushTo, type SignedIn } from './test-server.ts';
import type { Server } from '../context.ts';
import { findRows } from '../models/rows.ts';
import { orders } from '#shared/orders/schema.ts';

/** An order as it stands. */
export async function orderOf(server: Server, id: string): Promise<Documents['orders']> {
  const order = await findDocument(server, orders, { where: { id } });
  if (!order) throw new Error(`there is no order ${id}`);
  return order;
}

/** The e-mails in the outbox, oldest first, as "kind reader". */
export async function emailsIn({ models }: Server): Promise<string[]> {
  const rows = await findRows(models.outbox, { order: ['id'] });
  return rows.map(({ kind, recipient }) => `${kind} ${recipient.split('@')[0] ?? ''}`);
}

/** Pushes changes of an order as its reader's device would. @returns 'done', or the refusal as "code field detail" */
export async function changeOrder(
  server: Server,
  who: SignedIn,
  { id, ...changes }: Record<string, unknown> & { id: string },
): Promise<string> {
  return resendAfter(who, await orderOf(server, id), changes);
}

/** The same by somebody who had seen the order as it was then, and hears only now what became of it. */
export async function resendAfter(
  who: SignedIn,
  known: Documents['orders'],
  changes: Record<string, unknown>,
): Promise<string> {
  // A client's replica lacks what only staff sees.
  const { notes: _, ...seen } = known;
  const base = who.me.role === 'client' ? seen : known;
  const next = { ...base, ...changes, writtenAt: Date.now() + Math.random() };
  const { refusals } = await pushTo(who.api, 'orders', [{ base, next }]);
  const [refusal] = refusals;
  return refusal ? `${refusal.code} ${refusal.field ?? ''} ${refusal.detail ?? ''}`.trim() : 'done';
}
