import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { priceOf, type ChosenOption } from '#shared/billing/price.ts';
import type { Service } from '#shared/services/schema.ts';

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
