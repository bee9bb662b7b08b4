import { addDays, type Day } from '../billing/day.ts';
import type { Order } from './schema.ts';

/** Days in which a consumer may withdraw (Directive 2011/83/EU, article 9), counted from the day after the order. */
export const withdrawalDays = 14;

/** The last day on which a consumer may withdraw from the order. */
export function lastWithdrawalDay({ orderedOn }: Pick<Order, 'orderedOn'>): Day {
  return addDays(orderedOn, withdrawalDays);
}
