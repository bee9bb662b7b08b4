import { rateKey, totalsOf, type InvoiceLine, type TaxTotal } from './totals.ts';

/** How far an invoice may still be corrected, by category and rate: what it said and what was corrected already. */
function leftOf(
  original: readonly TaxTotal[],
  earlier: readonly (readonly TaxTotal[])[],
): Map<string, TaxTotal> {
  const left = new Map(original.map((each) => [rateKey(each.rate), { ...each }]));
  for (const each of earlier.flat()) {
    const rest = left.get(rateKey(each.rate));
    if (rest) left.set(rateKey(each.rate), { ...rest, net: rest.net + each.net, tax: rest.tax + each.tax });
  }
  return left;
}

/**
 * Totals of a rectifying invoice with these (negative) lines. What takes the last of a rate takes the last of its tax
 * too, so that corrections by and by add up to the exact negative, and never to more than the invoice.
 *
 * @param earlier totals of the rectifying invoices that were issued for the same invoice
 * @returns null where the lines take more than is left, add something, or nothing
 */
export function correctionTotals(
  original: readonly TaxTotal[],
  earlier: readonly (readonly TaxTotal[])[],
  lines: readonly InvoiceLine[],
): ReturnType<typeof totalsOf> | null {
  const left = leftOf(original, earlier);
  const totals: TaxTotal[] = [];
  for (const { rate, net, tax } of totalsOf(lines).totals) {
    const rest = left.get(rateKey(rate));
    if (!rest || net > 0 || rest.net + net < 0) return null;
    const isLast = rest.net + net === 0;
    totals.push({ rate, net, tax: isLast ? -rest.tax : Math.max(tax, -rest.tax) });
  }
  const net = totals.reduce((sum, each) => sum + each.net, 0);
  const tax = totals.reduce((sum, each) => sum + each.tax, 0);
  return net < 0 ? { totals, net, tax, total: net + tax } : null;
}

/** A line as it is taken back: the whole of it, or `amount` (positive, net, in minor units) of it. */
export function takenBack(line: InvoiceLine, amount = line.amount): InvoiceLine {
  return { ...line, quantity: 1, unitPrice: -amount, amount: -amount };
}
