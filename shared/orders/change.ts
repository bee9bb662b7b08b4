import { daysBetween, type Day } from '../billing/day.ts';
import { share } from '../billing/money.ts';
import { periodAt, type Period } from '../billing/period.ts';
import { priceInForce } from '../billing/price-in-force.ts';
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

/**
 * The cost of a change made today for the rest of its period, net in minor units:
 * (new - old) x days left / days of the period, rounded once.
 */
export function adjustmentOfChange(before: Order, after: Order, today: Day): number {
  const period = periodOf(before, today);
  if (!period || before.status !== 'active') return 0;
  const difference = priceInForce(after.prices, today) - priceWithChanges(before, period.start, today);
  return share(difference, daysBetween(today, period.end), period.fullDays);
}

/**
 * Corrects earlier adjustments when an order stops or resumes within the period that they were for, net in minor units.
 * - Charged at the end: inactive days cost nothing. A stop takes back the rest of the adjustment; a resume adds it again.
 * - Charged at the start: only a cancellation takes it back.
 */
export function adjustmentOfMove(before: Order, after: Order): number {
  const on = after.history.at(-1)?.on;
  const period = on ? periodOf(after, on) : null;
  if (!on || !period) return 0;
  const { start, end, fullDays } = period;
  const difference = priceWithChanges(after, start, on) - priceAtStart(after, start);
  const part = share(difference, daysBetween(on, end), fullDays);
  const atEnd = after.chargedAt === 'end';
  const stops = after.status === 'cancelled' || (atEnd && after.status === 'suspended');
  if (before.status === 'active' && stops) return -part;
  if (before.status === 'suspended' && after.status === 'cancelled' && !atEnd) return -part;
  return atEnd && before.status === 'suspended' && after.status === 'active' ? part : 0;
}

/** The price at which a period is charged: the price on its first day, without changes made within the period. */
function priceAtStart({ prices }: Order, start: Day): number {
  const row = prices.findLast(({ from, now }) => from < start || (from === start && !now));
  return (row ?? prices[0])?.amount ?? 0;
}

/** The price of a period, including the changes made within it up to `day`. */
function priceWithChanges({ prices }: Order, start: Day, day: Day): number {
  const row = prices.findLast(({ from, now }) => from <= start || (now && from <= day));
  return (row ?? prices[0])?.amount ?? 0;
}
