import type { Day } from '../billing/day.ts';
import { periodAt } from '../billing/period.ts';
import type { Order } from './schema.ts';

/**
 * The first day after the period that an order is in: the day on which a client's own end or a change for the next
 * period counts. Null: the order has not begun, or is paid once.
 */
export function endOfCurrentPeriod(
  { anchor, billingPeriod, alignment }: Pick<Order, 'anchor' | 'billingPeriod' | 'alignment'>,
  today: Day,
): Day | null {
  if (anchor === null || billingPeriod === 'once') return null;
  return periodAt({ anchor, billingPeriod, alignment }, today).end;
}
