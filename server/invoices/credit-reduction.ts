import type { Day } from '#shared/billing/day.ts';
import { invoices } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import type { Tx } from '../context.ts';
import { billedAdjustments, chargedAfter, correctedOf, makeCredit, reasons } from './credit.ts';
import { adjustmentLines, chargeLines } from './credit-lines.ts';
import { printedDay } from './pdf/invoice-words.ts';

/**
 * Drafts the credit of a lower price for the rest of a charged period, on the invoices of its charge and of what changes in
 * the period have added.
 *
 * @returns what is left of the amount because the period is not charged yet; it waits for the invoice of that charge
 */
export async function creditReduction(
  tx: Tx,
  order: Order,
  { amount, day }: { amount: number; day: Day },
): Promise<number> {
  const charges = (await chargedAfter(tx, order.id, day)).filter(({ from }) => from <= day);
  const adjustments = await billedAdjustments(tx, order, day);
  let rest = amount;
  for (const id of new Set([...adjustments, ...charges].map(({ invoice }) => invoice))) {
    const original = rest > 0 ? await tx.load(invoices, id) : null;
    if (!original) continue;
    const corrected = await correctedOf(tx, id);
    const own = adjustments.filter(({ invoice }) => invoice === id);
    const added = adjustmentLines(original, { adjustments: own, max: rest, corrected });
    const credited = added.reduce((sum, line) => sum - line.amount, 0);
    const base = chargeLines(original, {
      order,
      charges: charges.filter(({ invoice }) => invoice === id),
      corrected,
      worth: ({ amount: charge }) => Math.min(charge, rest - credited),
    }).map((line) => ({ ...line, from: day }));
    const lines = [...added, ...base];
    if (lines.length === 0) continue;
    const reason = reasons.reduced[original.language](printedDay(day, original));
    const isMade = await makeCredit(tx, { original, lines, reason, date: null });
    if (isMade) rest += lines.reduce((sum, line) => sum + line.amount, 0);
  }
  return charges.length === 0 ? rest : 0;
}
