/**
 * Integer division rounded half up, away from zero: the one rounding rule of the product.
 *
 * @param numerator any integer
 * @param denominator a positive integer
 */
export function roundHalfUp(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return Number(numerator < 0n ? -rounded : rounded);
}

/** amount x part / whole in minor units, rounded once. */
export function share(amount: number, part: number, whole: number): number {
  return roundHalfUp(BigInt(amount) * BigInt(part), BigInt(whole));
}

/** A net price with its tax, as it is shown to who pays it (invoices add tax once per rate, see totals.ts). */
export function withTax(net: number, percent: number): number {
  return net + share(net, percent, 10_000);
}

const format = (locale: string) =>
  new Intl.NumberFormat(locale, {
    ...{ minimumFractionDigits: 2, maximumFractionDigits: 2 },
    useGrouping: 'always',
  });
/** Made once: making one takes some hundred times as long as using it. */
const numbers = { en: format('en-GB'), es: format('es-ES') };

/** Minor units as a reader of the language writes them: 1250 -> "12.50 €" or "12,50 €". */
export function formatMoney(minor: number, currency: string, language: 'en' | 'es'): string {
  return `${numbers[language].format(minor / 100)} ${currency === 'EUR' ? '€' : currency}`;
}

/** What a person typed as an amount ("12.50", "12,5", "-3") in minor units, or null where it is not one. */
export function parseMoney(typed: string): number | null {
  const match = /^(-?)(\d{1,8})(?:[.,](\d{1,2}))?$/.exec(typed.trim());
  if (!match) return null;
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] && minor !== 0 ? -minor : minor;
}
