import type { BillingPeriod } from '../billing/billing-period.ts';
import { priceOf, type ChosenOption } from '../billing/price.ts';
import type { ServiceOption } from '../billing/price-row.ts';
import type { Service } from './schema.ts';

/** The smallest quantity (in thousandths) that an option offers. */
export function leastOf({ choices, range }: ServiceOption): number {
  return choices ? Math.min(...choices) : (range?.min ?? 0);
}

/** The default choice: the smallest quantity of each option. */
export function leastChoice(options: readonly ServiceOption[]): ChosenOption[] {
  return options.map((option) => ({ key: option.key, quantity: leastOf(option) }));
}

/**
 * The net price of a service's smallest configuration, in minor units, by its first price row.
 *
 * @returns null if the admin prices each order
 */
export function cheapest({
  prices,
  options,
}: Pick<Service, 'prices' | 'options'>): { amount: number; billingPeriod: BillingPeriod } | null {
  const [row] = prices;
  return row
    ? { amount: priceOf(row, options, leastChoice(options)), billingPeriod: row.billingPeriod }
    : null;
}
