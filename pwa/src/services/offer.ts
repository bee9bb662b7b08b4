import type { ServiceOption } from '#shared/billing/price-row.ts';
import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { priceOf, type ChosenOption } from '#shared/billing/price.ts';
import type { Service } from '#shared/services/schema.ts';

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
}: Service): { amount: number; billingPeriod: BillingPeriod } | null {
  const [row] = prices;
  return row
    ? { amount: priceOf(row, options, leastChoice(options)), billingPeriod: row.billingPeriod }
    : null;
}

/**
 * The net price of the chosen options, in minor units.
 *
 * @returns null if the admin sets the price; undefined if a chosen option is not offered
 */
export function chosenPrice(
  { prices, options }: Service,
  billingPeriod: BillingPeriod,
  chosen: readonly ChosenOption[],
): number | null | undefined {
  const row = prices.find((each) => each.billingPeriod === billingPeriod);
  if (!row) return null;
  try {
    return priceOf(row, options, chosen);
  } catch {
    return undefined;
  }
}
