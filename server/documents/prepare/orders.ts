import { dayOf } from '#shared/billing/period.ts';
import type { Order } from '#shared/collections/orders.ts';
import { settings } from '../../settings.ts';
import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/** A change of status enters the history with the server's day of acceptance; the first activation sets the anchor. */
export async function prepareOrder(
  unit: Unit,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  if (!before || !changed.includes('status')) return {};
  const order = after as unknown as Order; // a whole order: `before` with parsed changes
  if (order.status === 'setting up') return {};
  const { timeZone } = await settings(unit.server, unit.transaction);
  const on = dayOf(unit.now, timeZone);
  const history = [...order.history, { on, status: order.status, reason: '', at: unit.now }];
  return { history, ...(order.status === 'active' && order.anchor === null ? { anchor: on } : {}) };
}
