import { takenBack } from '#shared/invoices/corrections.ts';
import { daysBetween, type Day } from '#shared/billing/day.ts';
import { share } from '#shared/billing/money.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { InvoiceLine } from '#shared/invoices/totals.ts';
import type { Order } from '#shared/orders/schema.ts';

/* The negative lines of a credit: what goes back of the lines of an invoice, and never more than is left of them. */

export type Charge = { from: Day; to: Day; amount: number; invoice: string };

export type BilledAdjustment = {
  order: string | null;
  text: string;
  amount: number;
  invoice: string;
  madeAt: number;
};

/** Credit lines for adjustments of an order, the latest first, up to `max`. */
export function adjustmentLines(
  original: Invoice,
  {
    adjustments,
    max,
    corrected,
  }: { adjustments: readonly BilledAdjustment[]; max: number; corrected: readonly InvoiceLine[] },
): InvoiceLine[] {
  let rest = max;
  const credited: InvoiceLine[] = [...corrected];
  return adjustments.flatMap(({ order, text, amount }): InvoiceLine[] => {
    const isSame = (line: InvoiceLine) => line.order === order && line.from === null && line.text === text;
    const line = original.lines.find((each) => isSame(each) && each.amount === amount);
    // Adjustments of one day have the same text, so credited amounts are counted for all of them together.
    const charged = original.lines.filter(isSame).reduce((sum, each) => sum + each.amount, 0);
    const left = credited.filter(isSame).reduce((sum, each) => sum + each.amount, charged);
    const part = Math.min(rest, amount, Math.max(left, 0));
    if (!line || part <= 0) return [];
    rest -= part;
    const back = takenBack(line, part);
    credited.push(back);
    return [back];
  });
}

/**
 * Credit lines for unused days: charged amount x unused days / charged days, without what a reduction has already credited
 * for them, but no more than is left of the charge.
 */
export function unusedLines(
  original: Invoice,
  {
    order,
    charges,
    day,
    corrected,
    reduced,
  }: {
    order: Order;
    charges: readonly Charge[];
    day: Day;
    corrected: readonly InvoiceLine[];
    reduced: number;
  },
): InvoiceLine[] {
  let less = reduced;
  const startOf = (from: Day) => (day > from ? day : from);
  return chargeLines(original, {
    order,
    charges,
    corrected,
    worth: ({ from, to, amount }) => {
      const unused = share(amount, daysBetween(startOf(from), to), daysBetween(from, to));
      const part = Math.min(less, unused);
      less -= part;
      return unused - part;
    },
  }).map((line) => ({ ...line, from: startOf(line.from ?? '') }));
}

/** Credit lines for charges: what each is `worth`, but no more than is left of it, with the tax of the line it credits. */
export function chargeLines(
  original: Invoice,
  {
    order,
    charges,
    corrected,
    worth,
  }: {
    order: Order;
    charges: readonly Charge[];
    corrected: readonly InvoiceLine[];
    worth: (charge: Charge) => number;
  },
): InvoiceLine[] {
  return charges.flatMap((charge): InvoiceLine[] => {
    const { from, to, amount } = charge;
    const line = original.lines.find((each) => each.order === order.id && each.from === from);
    const left = corrected
      .filter((each) => each.order === order.id && each.from !== null && each.from >= from && each.from < to)
      .reduce((sum, each) => sum + each.amount, amount);
    const credited = Math.min(worth(charge), Math.max(left, 0));
    return line && credited > 0 ? [{ ...takenBack(line, credited), from, to }] : [];
  });
}
