import type { Day } from '../billing/day.ts';
import { periodAt, type Period } from '../billing/period.ts';
import { agreedFrom, inOrderOfDay, type AgreedPrice, type Order, type PlannedChange } from './schema.ts';

/*
 * Changes the service or the options of an existing order. The change adds a price row, which applies to periods that
 * begin on its day or later. If the change takes effect at once, the price difference for the rest of the current
 * period becomes an adjustment.
 */

type NewTerms = { service: string; options: Order['options']; amount: number };

/**
 * Why no change of an order can be requested. Null: it can.
 * - 'status': it is suspended or cancelled - 'ends': its end is scheduled - 'once': its only period has begun
 */
export function changeRefusal({
  status,
  cancelsOn,
  anchor,
  billingPeriod,
}: Pick<Order, 'status' | 'cancelsOn' | 'anchor' | 'billingPeriod'>): 'status' | 'ends' | 'once' | null {
  if (status === 'suspended' || status === 'cancelled') return 'status';
  if (cancelsOn !== null) return 'ends';
  return anchor !== null && billingPeriod === 'once' ? 'once' : null;
}

/** Changes the order at once. `withinPeriod`: the current period is, or will be, charged at the old price. */
export function changeNow(
  prices: readonly AgreedPrice[],
  { service, options, amount }: NewTerms,
  { today, withinPeriod }: { today: Day; withinPeriod: boolean },
): Partial<Order> {
  const row = { from: today, amount, service };
  const agreed = agreedFrom(prices, withinPeriod ? { ...row, now: true } : row);
  return { service, options, change: null, prices: inOrderOfDay(agreed) };
}

/** Schedules a change for a later day. */
export function scheduleChange(
  prices: readonly AgreedPrice[],
  change: PlannedChange,
  on: Day,
): Partial<Order> {
  const row = { from: on, amount: change.amount, service: change.service, planned: true as const };
  return { change: { ...change, on }, prices: inOrderOfDay(agreedFrom(prices, row)) };
}

/** Undoes a scheduled change. It removes the price that was agreed for it and nothing else. */
export function undoChange(order: Pick<Order, 'prices'>, on: Day): Pick<Order, 'change' | 'prices'> {
  return { change: null, prices: order.prices.filter(({ planned, from }) => !planned || from < on) };
}

/** The period that contains a day. Null: no period has begun, or the order is charged once. */
export function periodOf({ anchor, billingPeriod, alignment }: Order, day: Day): Period | null {
  return anchor === null || billingPeriod === 'once' || day < anchor
    ? null
    : periodAt({ anchor, billingPeriod, alignment }, day);
}
