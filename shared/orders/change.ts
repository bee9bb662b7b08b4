import { daysBetween, type Day } from '../billing/day.ts';
import { share } from '../billing/money.ts';
import { periodAt, type Period } from '../billing/period.ts';
import { priceInForce } from '../billing/price-in-force.ts';
import { agreedFrom, inOrderOfDay, type AgreedPrice, type Order, type PlannedChange } from './schema.ts';

/*
 * Another service, or other options, for an order that exists. The price row that it brings takes effect with the
 * period that begins on its day. Made now, what the rest of the current period costs more or less is an adjustment.
 */

type Changed = { service: string; options: Order['options']; amount: number };

/** The order changed now. `withinPeriod`: the current period is charged (or will be) at the old price. */
export function changeNow(
  prices: readonly AgreedPrice[],
  { service, options, amount }: Changed,
  { today, withinPeriod }: { today: Day; withinPeriod: boolean },
): Partial<Order> {
  const row = { from: today, amount, service };
  const agreed = agreedFrom(prices, withinPeriod ? { ...row, now: true } : row);
  return { service, options, change: null, prices: inOrderOfDay(agreed) };
}

/** The order with a change that waits for its day. */
export function scheduleChange(
  prices: readonly AgreedPrice[],
  change: PlannedChange,
  on: Day,
): Partial<Order> {
  const row = { from: on, amount: change.amount, service: change.service, planned: true as const };
  return { change: { ...change, on }, prices: inOrderOfDay(agreedFrom(prices, row)) };
}

/** The order without the change that waits: the price agreed for it goes, everything else stays. */
export function undoChange(order: Pick<Order, 'prices'>, on: Day): Pick<Order, 'change' | 'prices'> {
  return { change: null, prices: order.prices.filter(({ planned, from }) => !planned || from < on) };
}

/** The period that a day is in. Null: none has begun, or the order is paid once. */
export function periodOf({ anchor, billingPeriod, alignment }: Order, day: Day): Period | null {
  return anchor === null || billingPeriod === 'once' || day < anchor
    ? null
    : periodAt({ anchor, billingPeriod, alignment }, day);
}

/**
 * What a change made today costs for the rest of its period, net in minor units: (new - old) x days left / days of the
 * period, rounded once. Billing rule 6.
 */
export function adjustmentOfChange(before: Order, after: Order, today: Day): number {
  const period = periodOf(before, today);
  if (!period || before.status !== 'active') return 0;
  const difference = priceInForce(after.prices, today) - priceWithChanges(before, period.start, today);
  return share(difference, daysBetween(today, period.end), period.fullDays);
}

/**
 * What of such adjustments falls away (or comes back) where an order stops, or goes on, within the period that they
 * were for: days on which it is not active cost nothing, at the new price as little as at the old. An order that is
 * charged at the start gets something back only by a cancellation.
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

/** The price at which a period is charged: that of its first day, without changes made within it. */
function priceAtStart({ prices }: Order, start: Day): number {
  const row = prices.findLast(({ from, now }) => from < start || (from === start && !now));
  return (row ?? prices[0])?.amount ?? 0;
}

/** The same with the changes that were made within the period up to a day. */
function priceWithChanges({ prices }: Order, start: Day, day: Day): number {
  const row = prices.findLast(({ from, now }) => from <= start || (now && from <= day));
  return (row ?? prices[0])?.amount ?? 0;
}
