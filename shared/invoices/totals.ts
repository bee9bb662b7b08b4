import type * as z from 'zod/mini';
import type { invoiceLine, taxTotal } from './schema.ts';
import type { TaxRate } from '../billing/tax-rate.ts';
import { share } from '../billing/money.ts';

export type InvoiceLine = z.infer<typeof invoiceLine>;
export type TaxTotal = z.infer<typeof taxTotal>;

/** Lines with the same key are added up, and their tax is rounded once. */
export function rateKey({ category, percent, country }: TaxRate): string {
  return `${category} ${percent} ${country ?? ''}`.trimEnd();
}

/** Net, tax and total of an invoice in minor units. Tax is rounded once per category and rate. */
export function totalsOf(lines: readonly InvoiceLine[]): {
  totals: TaxTotal[];
  net: number;
  tax: number;
  total: number;
} {
  const byRate = Map.groupBy(lines, ({ tax }) => rateKey(tax));
  const totals = [...byRate.values()].flatMap((group) => {
    const rate = group[0]?.tax;
    const net = group.reduce((sum, each) => sum + each.amount, 0);
    return rate ? [{ rate, net, tax: share(net, rate.percent, 10_000) }] : [];
  });
  const net = totals.reduce((sum, each) => sum + each.net, 0);
  const tax = totals.reduce((sum, each) => sum + each.tax, 0);
  return { totals, net, tax, total: net + tax };
}
