import type { PriceRow, ServiceOption } from './price-row.ts';
import { EngineError } from '../engine/domain-error.ts';
import { roundHalfUp } from './money.ts';

export type ChosenOption = { key: string; quantity: number };
/** What of an option decides which quantities it offers. */
type Offered = Pick<ServiceOption, 'key' | 'choices' | 'range'>;

/**
 * The net price of a service instance for one period, in minor units: amount + sum over the options of
 * (linear x q + quadratic x q^2), rounded once. The app previews the price with it and the server computes it again.
 *
 * @throws DomainError 'invalid' naming the option that is missing, unknown, or not one of the choices
 */
export function priceOf(row: PriceRow, options: readonly Offered[], chosen: readonly ChosenOption[]): number {
  const unknown = chosen.find(({ key }) => !options.some((option) => option.key === key));
  if (unknown) throw new EngineError('invalid', unknown.key);
  // Quantities are thousandths and terms millionths, so one minor unit is 10^4 millionths x 10^6 of quantity squared.
  let total = BigInt(row.amount) * 10_000n * 1_000_000n;
  for (const option of options) {
    const quantity = chosen.find(({ key }) => key === option.key)?.quantity;
    if (quantity === undefined || !isOffered(option, quantity)) throw new EngineError('invalid', option.key);
    const q = BigInt(quantity);
    for (const term of row.terms.filter((each) => each.option === option.key)) {
      total += BigInt(term.linear) * q * 1_000n + BigInt(term.quadratic) * q * q;
    }
  }
  return roundHalfUp(total, 10_000n * 1_000_000n);
}

/** True when the quantity (thousandths) is one of the choices, or in the range and on its step. */
export function isOffered(option: Offered, quantity: number): boolean {
  if (option.choices) return option.choices.includes(quantity);
  if (!option.range) return false;
  const { min, max, step } = option.range;
  return quantity >= min && quantity <= max && (quantity - min) % step === 0;
}
