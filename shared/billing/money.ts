/**
 * Divides integers and rounds half away from zero. All rounding of money uses this rule.
 *
 * @param numerator any integer
 * @param denominator a positive integer
 */
export function roundHalfUp(numerator: bigint, denominator: bigint): number {
  const magnitude = numerator < 0n ? -numerator : numerator;
  const rounded = (2n * magnitude + denominator) / (2n * denominator);
  return Number(numerator < 0n ? -rounded : rounded);
}

/** amount x part / whole, in minor units, rounded once. */
export function share(amount: number, part: number, whole: number): number {
  return roundHalfUp(BigInt(amount) * BigInt(part), BigInt(whole));
}

/** Adds tax to a net price for display. Invoices round tax once per rate instead (see totals.ts). */
export function withTax(net: number, percent: number): number {
  return net + share(net, percent, 10_000);
}

const format = (locale: string) =>
  new Intl.NumberFormat(locale, {
    minimumFractionDigits: 2,
    maximumFractionDigits: 2,
    useGrouping: 'always',
  });
/** Created once, because creating a formatter takes about a hundred times as long as using it. */
const numbers = { en: format('en-GB'), es: format('es-ES') };

/** Formats minor units in a language: 1250 -> "12.50 €" (en) or "12,50 €" (es). */
export function formatMoney(minor: number, currency: string, language: 'en' | 'es'): string {
  return `${numbers[language].format(minor / 100)} ${currency === 'EUR' ? '€' : currency}`;
}

/** Parses a typed amount ("12.50", "12,5", "-3") into minor units. Returns null if it is not an amount. */
export function parseMoney(typed: string): number | null {
  const match = /^(-?)(\d{1,8})(?:[.,](\d{1,2}))?$/.exec(typed.trim());
  if (!match) return null;
  const minor = Number(match[2]) * 100 + Number((match[3] ?? '').padEnd(2, '0'));
  return match[1] && minor !== 0 ? -minor : minor;
}
