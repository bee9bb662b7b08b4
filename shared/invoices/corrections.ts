import { rateKey, totalsOf, type InvoiceLine, type TaxTotal } from './totals.ts';

/** The totals that may still be corrected, by category and rate: the original totals plus the (negative) corrections. */
function remainingTotals(
  original: readonly TaxTotal[],
  earlier: readonly (readonly TaxTotal[])[],
): Map<string, TaxTotal> {
  const remaining = new Map(original.map((each) => [rateKey(each.rate), { ...each }]));
  for (const each of earlier.flat()) {
    const rest = remaining.get(rateKey(each.rate));
    if (rest)
      remaining.set(rateKey(each.rate), { ...rest, net: rest.net + each.net, tax: rest.tax + each.tax });
  }
  return remaining;
}

/**
 * Totals of a rectifying invoice with these (negative) lines. A correction that uses up the net amount of a rate also
 * uses up its remaining tax. Several partial corrections therefore add up to exactly the negative of the invoice, and
 * never to more.
 *
 * @param earlier totals of the rectifying invoices that were already issued for the same invoice
 * @returns null if the lines exceed what remains, if a rate's lines are positive, or if there is nothing to correct
 */
export function correctionTotals(
  original: readonly TaxTotal[],
  earlier: readonly (readonly TaxTotal[])[],
  lines: readonly InvoiceLine[],
): ReturnType<typeof totalsOf> | null {
  const remaining = remainingTotals(original, earlier);
  const totals: TaxTotal[] = [];
  for (const { rate, net, tax } of totalsOf(lines).totals) {
    const rest = remaining.get(rateKey(rate));
    if (!rest || net > 0 || rest.net + net < 0) return null;
    const isLast = rest.net + net === 0;
    totals.push({ rate, net, tax: isLast ? -rest.tax : Math.max(tax, -rest.tax) });
  }
  const net = totals.reduce((sum, each) => sum + each.net, 0);
  const tax = totals.reduce((sum, each) => sum + each.tax, 0);
  return net < 0 ? { totals, net, tax, total: net + tax } : null;
}

/** The line that credits an invoice line: all of it, or only `amount` (positive, net, in minor units). */
export function takenBack(line: InvoiceLine, amount = line.amount): InvoiceLine {
  const { prorated: _, ...rest } = line;
  return { ...rest, quantity: 1, unitPrice: -amount, amount: -amount };
}
