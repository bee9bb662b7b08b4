import type { ServiceOption } from '#shared/billing/price-row.ts';
import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { priceOf, type ChosenOption } from '#shared/billing/price.ts';
import type { Service } from '#shared/services/schema.ts';

/** The smallest quantity (thousandths) in which an option is offered. */
export function leastOf({ choices, range }: ServiceOption): number {
  return choices ? Math.min(...choices) : (range?.min ?? 0);
}

/** What is chosen until somebody chooses: the smallest of each option. */
export function leastChoice(options: readonly ServiceOption[]): ChosenOption[] {
  return options.map((option) => ({ key: option.key, quantity: leastOf(option) }));
}

/**
 * What the smallest form of a service costs, net, minor units, by its first price row.
 *
 * @returns null where the admin says the price of each order
 */
export function cheapest({ prices, options }: Service): { amount: number; billingPeriod: BillingPeriod } | null {
  const [row] = prices;
  return row ? { amount: priceOf(row, options, leastChoice(options)), billingPeriod: row.billingPeriod } : null;
}

/**
 * The net price of what was chosen, minor units.
 *
 * @returns null where the admin says it; undefined where an option is not one that is offered
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
