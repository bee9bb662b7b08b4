import type { Day } from './day.ts';

/**
 * The price in force on a day: that of the last row that starts on or before it, or else that of the first row.
 *
 * @param prices rows in order of day, amounts net in minor units
 * @returns 0 if there are no rows
 */
export function priceInForce(prices: readonly { from: Day; amount: number }[], day: Day): number {
  return (prices.findLast(({ from }) => from <= day) ?? prices[0])?.amount ?? 0;
}
