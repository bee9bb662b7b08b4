import type { BillingPeriod } from '#shared/billing/billing-period.ts';
import { isOffered, type ChosenOption } from '#shared/billing/price.ts';
import type { Service } from '#shared/services/schema.ts';
import { leastChoice } from '#shared/services/least-price.ts';

/** What somebody chose of a service: quantities in thousandths, by option. */
export type Configuration = { billingPeriod: BillingPeriod; quantities: Record<string, number> };

/** The smallest configuration. */
export function leastConfiguration({ prices, options }: Service): Configuration {
  return {
    billingPeriod: prices[0]?.billingPeriod ?? 'month',
    quantities: Object.fromEntries(leastChoice(options).map(({ key, quantity }) => [key, quantity])),
  };
}

/** The chosen quantity of each option that the service offers today. */
export function chosenOf({ options }: Service, { quantities }: Configuration): ChosenOption[] {
  return leastChoice(options).map(({ key, quantity }) => ({ key, quantity: quantities[key] ?? quantity }));
}

/**
 * The address of the order page with a configuration, which a visitor takes along through registration, e-mail and sign-in, to
 * whichever device they use.
 */
export function orderPath(service: Service, { billingPeriod, quantities }: Configuration): string {
  const query = new URLSearchParams([
    ...Object.entries(quantities).map(
      ([key, quantity]) => [key, String(quantity / 1000)] as [string, string],
    ),
    ...(service.prices.length > 1 ? [['per', billingPeriod] as [string, string]] : []),
  ]).toString();
  return `/catalogue/${service.id}${query ? `?${query}` : ''}`;
}

/** Reads the configuration from the query of the order page. What the service does not offer is left at its smallest. */
export function configurationOf(service: Service, query: Readonly<Record<string, unknown>>): Configuration {
  const least = leastConfiguration(service);
  const offered = service.options.flatMap((option): [string, number][] => {
    const quantity = Math.round(Number(query[option.key]) * 1000);
    return isOffered(option, quantity) ? [[option.key, quantity]] : [];
  });
  const row = service.prices.find(({ billingPeriod }) => billingPeriod === query['per']);
  return {
    billingPeriod: row?.billingPeriod ?? least.billingPeriod,
    quantities: { ...least.quantities, ...Object.fromEntries(offered) },
  };
}
