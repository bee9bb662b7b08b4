import { addDays, type Day } from '../billing/day.ts';
import type { BillingIdentity } from '../billing/billing-identity.ts';
import type { Order } from './schema.ts';

/** Days in which a consumer may withdraw (Directive 2011/83/EU, article 9), counted from the day after the order. */
export const withdrawalDays = 14;

/** The last day on which a consumer may withdraw from the order. */
export function lastWithdrawalDay({ orderedOn }: Pick<Order, 'orderedOn'>): Day {
  return addDays(orderedOn, withdrawalDays);
}

/** Why a client may not withdraw from an order on a day. Null: they may. Businesses have no such right. */
export function withdrawalRefusal(
  order: Pick<Order, 'orderedOn'>,
  identity: Pick<BillingIdentity, 'kind'> | null | undefined,
  day: Day,
): 'business' | 'too-late' | null {
  if (identity?.kind === 'business') return 'business';
  return day > lastWithdrawalDay(order) ? 'too-late' : null;
}
