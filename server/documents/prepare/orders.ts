import { dayOf, periodAt } from '#shared/billing/period.ts';
import { priceOf } from '#shared/billing/price.ts';
import type { Day } from '#shared/billing/day.ts';
import type { Order } from '#shared/collections/orders.ts';
import { DomainError } from '#shared/errors.ts';
import { settings } from '../../provider/settings.ts';
import { sameValue, type Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/**
 * What the server says of an order: its price (computed here, whatever was sent), number and terms; and that a change
 * of status enters the history with the server's day of acceptance. The first activation sets the anchor.
 */
export async function prepareOrder(
  unit: Unit,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const { timeZone, alignment } = await settings(unit.server, unit.transaction);
  const today = dayOf(unit.now, timeZone);
  const order = after as unknown as Order; // its fields were parsed
  if (!before) return place(unit, order, { today, alignment });
  const old = before as unknown as Order;
  if (changed.includes('prices')) checkPrices(old, order, today);
  if (changed.includes('cancelsOn')) checkEnd(unit, order, today);
  if (!changed.includes('status') || order.status === 'setting up') return {};
  if (order.status === 'active' && order.prices.length === 0)
    throw new DomainError('invalid', 'prices', 'empty');
  const history = [...order.history, { on: today, status: order.status, reason: '', at: unit.now }];
  return {
    history,
    ...(order.status === 'active' && order.anchor === null ? { anchor: today } : {}),
    ...(order.status === 'cancelled' ? { cancelsOn: null } : {}),
  };
}

async function place(
  unit: Unit,
  order: Order,
  { today, alignment }: { today: Day; alignment: Order['alignment'] },
): Promise<Record<string, unknown>> {
  const service = typeof order.service === 'string' ? await unit.load('services', order.service) : null;
  if (!service?.available) throw new DomainError('not-found', 'service');
  const client = typeof order.client === 'string' ? await unit.load('people', order.client) : null;
  if (client?.role !== 'client' || client.status !== 'verified') throw new DomainError('not-found', 'client');
  const row = service.prices.find(({ unit: each }) => each === order.unit);
  if (!row && !service.pricedByAdmin) throw new DomainError('invalid', 'unit');
  const amount = row && priceOf(row, service.options, order.options);
  const said = order.prices.at(-1)?.amount;
  if (said !== amount)
    throw new DomainError('price-changed', 'prices', amount === undefined ? '' : String(amount));
  // Who is to be charged must be somebody an invoice can be written to.
  if (amount !== 0 && !client.identity) throw new DomainError('identity-missing', 'identity');
  return {
    number: await unit.count('order'),
    orderedOn: today,
    alignment,
    chargedAt: service.chargedAt,
    prices: amount === undefined ? [] : [{ from: today, amount }],
    history: [],
    anchor: null,
    billFrom: null,
  };
}

/** What was agreed stays; a new price is a new row, from today at the earliest. */
function checkPrices(old: Order, order: Order, today: Day): void {
  const added = order.prices.slice(old.prices.length);
  const kept = sameValue(order.prices.slice(0, old.prices.length), old.prices);
  if (!kept || added.length === 0 || added.some(({ from }) => from < today)) {
    throw new DomainError('invalid', 'prices', 'from');
  }
}

/** A client's order ends with its current period; staff may name any day to come. Null takes the cancellation back. */
function checkEnd(unit: Unit, order: Order, today: Day): void {
  if (order.cancelsOn === null) return;
  if (order.cancelsOn <= today) throw new DomainError('invalid', 'cancelsOn', 'past');
  if (unit.writer.actor?.id !== order.client) return;
  const { anchor, unit: period } = order;
  if (anchor === null || period === 'once') throw new DomainError('not-allowed', 'cancelsOn');
  const { end } = periodAt({ anchor, unit: period, alignment: order.alignment }, today);
  if (order.cancelsOn !== end) throw new DomainError('invalid', 'cancelsOn', end);
}
