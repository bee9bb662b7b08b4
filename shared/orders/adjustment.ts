import { daysBetween, type Day } from '../billing/day.ts';
import { share } from '../billing/money.ts';
import { priceInForce } from '../billing/price-in-force.ts';
import { periodOf } from './change.ts';
import type { Order } from './schema.ts';

/*
 * A period is charged at the price of its first day. If the service is changed within it, the difference for the rest of
 * the period, more or less, goes on the next invoice as an adjustment.
 */

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
 * When an order stops or resumes within a period, the part of an earlier adjustment for the rest of that period, net in
 * minor units.
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
