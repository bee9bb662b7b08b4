import type { Service } from './schema.ts';

type Offer = Pick<Service, 'prices' | 'options' | 'pricedByAdmin'>;

/**
 * Finds contradictions between the fields of a service, which the schema of a single field cannot see. The server
 * refuses such a service, and the form shows the fault.
 *
 * @returns the field and a code for the fault, or null
 */
export function serviceFault({
  prices,
  options,
  pricedByAdmin,
}: Offer): ['prices' | 'options', Fault] | null {
  const keys = options.map(({ key }) => key);
  if (new Set(keys).size < keys.length) return ['options', 'twice'];
  for (const { choices, range } of options) {
    if ((choices === null) === (range === null)) return ['options', 'choices-or-range'];
    if (choices && new Set(choices).size < choices.length) return ['options', 'twice'];
    if (range && (range.step === 0 || range.max < range.min)) return ['options', 'range'];
  }
  const periods = prices.map(({ billingPeriod }) => billingPeriod);
  if (new Set(periods).size < periods.length) return ['prices', 'twice'];
  if (prices.length === 0 && !pricedByAdmin) return ['prices', 'none'];
  for (const { terms } of prices) {
    const named = terms.map(({ option }) => option);
    if (new Set(named).size < named.length) return ['prices', 'twice'];
    if (named.some((option) => !keys.includes(option))) return ['prices', 'unknown-option'];
  }
  return null;
}

export type Fault = 'twice' | 'choices-or-range' | 'range' | 'none' | 'unknown-option';
