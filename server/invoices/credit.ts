import type { Language } from '#shared/settings/language.ts';
import { Op } from 'sequelize';
import { takenBack } from '#shared/invoices/corrections.ts';
import { daysBetween, type Day } from '#shared/billing/day.ts';
import { share } from '#shared/billing/money.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { InvoiceLine } from '#shared/invoices/totals.ts';
import { DomainError } from '#shared/errors.ts';
import { findDocuments } from '#sync/server/row.ts';
import { findRows } from '../models/rows.ts';
import { queueEmail } from '../email/outbox.ts';
import { periodOf } from '#shared/orders/change.ts';
import { settings } from '../settings/settings.ts';
import { draftCorrection, issueCorrection } from './correct.ts';
import { printedDay } from './pdf/invoice-words.ts';
import { ClockBehind } from './next-number.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';

const reasons: Record<'cancelled' | 'withdrawn', Record<Language, (day: string) => string>> = {
  cancelled: {
    en: (day) => `Cancelled on ${day}: days not used`,
    es: (day) => `Cancelado el ${day}: días no disfrutados`,
  },
  withdrawn: {
    en: (day) => `Withdrawal on ${day}: days not used`,
    es: (day) => `Desistimiento el ${day}: días no disfrutados`,
  },
};

type Charge = { from: Day; to: Day; amount: number; invoice: string };

/**
 * An order was cancelled before the end of days that are charged: what was charged for the unused ones is taken back
 * by a rectifying invoice, one for each invoice, as a draft for the accountant or at once (setting). A withdrawal is
 * never without one.
 *
 * @param adjustment what of the adjustments of a change within the period is to be given back too, net, in minor units
 * @returns what of that is not credited by the setting; what was taken back by hand already is given back no more
 */
export async function creditUnused(tx: Tx, order: Order, adjustment = 0): Promise<number> {
  const day = order.history.at(-1)?.on;
  const { creditOnCancel, accountingList, timeZone } = await settings(tx.server, tx.transaction);
  const isWithdrawn = order.cause === 'withdrawal';
  if (!day) return 0;
  const since = periodOf(order, day)?.start ?? day;
  const inPeriod = adjustment > 0 ? await billedAdjustments(tx, order.id) : [];
  const billed = inPeriod.filter(({ madeAt }) => dayOf(madeAt, timeZone) >= since);
  if (creditOnCancel === 'none' && !isWithdrawn) return adjustment;
  const charges = Map.groupBy(await chargedAfter(tx, order.id, day), ({ invoice }) => invoice);
  const adjustments = Map.groupBy(billed, ({ invoice }) => invoice);
  let rest = adjustment;
  for (const id of new Set([...charges.keys(), ...adjustments.keys()])) {
    const original = await tx.load(invoices, id);
    if (!original) continue;
    const corrected = await correctedOf(tx, id);
    const unused = unusedLines(original, { order, charges: charges.get(id) ?? [], day, corrected });
    const ofAdjustments = adjustmentLines(original, {
      adjustments: adjustments.get(id) ?? [],
      most: rest,
      corrected,
    });
    const lines = [...unused, ...ofAdjustments];
    if (lines.length === 0) continue;
    const words = reasons[isWithdrawn ? 'withdrawn' : 'cancelled'];
    const reason = words[original.language](printedDay(day, original));
    const wanted = { corrects: id, client: original.client, reason, lines };
    const date = creditOnCancel === 'issue' ? dayOf(tx.now, timeZone) : null;
    const credit = await creditOf(tx, wanted, date);
    if (!credit) continue;
    rest += ofAdjustments.reduce((sum, { amount }) => sum + amount, 0);
    const { id: made } = await tx.create(invoices, {
      status: 'draft' as const,
      ...credit,
      id: tx.server.newId(),
      client: original.client,
    });
    if (credit.number === null) await mailDraft(tx, { id: made, original, recipient: accountingList });
  }
  return 0;
}

async function mailDraft(
  tx: Tx,
  { id, original, recipient }: { id: string; original: Invoice; recipient: string },
): Promise<void> {
  const client = await tx.load(people, original.client);
  const clientName = client?.displayName ?? '';
  const payload = { invoice: id, corrects: original.number ?? '', clientName };
  await queueEmail(tx, { kind: 'credit-drafted', document: id, payload, recipient });
}

/** Issued, or drafted: by the setting, or because the clock is behind (that is the accountant's, not who cancels). */
async function creditOf(tx: Tx, wanted: Parameters<typeof draftCorrection>[1], date: Day | null) {
  try {
    if (date === null) return await draftCorrection(tx, wanted);
    return await issueCorrection(tx, wanted, date);
  } catch (error) {
    if (error instanceof ClockBehind) return draftCorrection(tx, wanted);
    // Corrected by hand already as far as it goes.
    if (error instanceof DomainError && error.code === 'corrects-too-much') return null;
    throw error;
  }
}

async function chargedAfter(tx: Tx, order: string, day: Day): Promise<Charge[]> {
  return findRows(tx.server.models.charges, {
    where: { order, to: { [Op.gt]: day } },
    order: ['from'],
    transaction: tx.transaction,
  });
}

/** The lines of all corrections of an invoice, drafts too: what was taken back of a charge is not taken back again. */
async function correctedOf(tx: Tx, corrects: string): Promise<InvoiceLine[]> {
  const found = await findDocuments(tx.server, invoices, {
    where: { corrects },
    transaction: tx.transaction,
  });
  return found.flatMap(({ lines }) => lines);
}

type Billed = { order: string | null; text: string; amount: number; invoice: string; madeAt: number };

/** The adjustments of an order that were charged on invoices, the last first: what was agreed last is given back first. */
async function billedAdjustments(tx: Tx, order: string): Promise<Billed[]> {
  const rows = await findRows(tx.server.models.adjustments, {
    where: { order, invoice: { [Op.ne]: null }, amount: { [Op.gt]: 0 } },
    order: [
      ['madeAt', 'DESC'],
      ['id', 'DESC'],
    ],
    transaction: tx.transaction,
  });
  return rows.flatMap(({ invoice, ...row }) => (invoice === null ? [] : [{ ...row, invoice }]));
}

function adjustmentLines(
  original: Invoice,
  {
    adjustments,
    most,
    corrected,
  }: { adjustments: readonly Billed[]; most: number; corrected: readonly InvoiceLine[] },
): InvoiceLine[] {
  let rest = most;
  const done: InvoiceLine[] = [...corrected];
  return adjustments.flatMap(({ order, text, amount }): InvoiceLine[] => {
    const isIt = (line: InvoiceLine) => line.order === order && line.from === null && line.text === text;
    const line = original.lines.find((each) => isIt(each) && each.amount === amount);
    // Those of one day have one text: what was taken back of it counts for all of them.
    const charged = original.lines.filter(isIt).reduce((sum, each) => sum + each.amount, 0);
    const left = done.filter(isIt).reduce((sum, each) => sum + each.amount, charged);
    const part = Math.min(rest, amount, Math.max(left, 0));
    if (!line || part <= 0) return [];
    rest -= part;
    const back = takenBack(line, part);
    done.push(back);
    return [back];
  });
}

/** Charged amount x unused days / days charged, no more than is left of the charge, as lines with the tax of the lines they take back. */
function unusedLines(
  original: Invoice,
  {
    order,
    charges,
    day,
    corrected,
  }: { order: Order; charges: readonly Charge[]; day: Day; corrected: readonly InvoiceLine[] },
): InvoiceLine[] {
  return charges.flatMap(({ from, to, amount }): InvoiceLine[] => {
    const line = original.lines.find((each) => each.order === order.id && each.from === from);
    const start = day > from ? day : from;
    const left = corrected
      .filter((each) => each.order === order.id && each.from !== null && each.from >= from && each.from < to)
      .reduce((sum, each) => sum + each.amount, amount);
    const unused = Math.min(share(amount, daysBetween(start, to), daysBetween(from, to)), Math.max(left, 0));
    return line && unused !== 0 ? [{ ...takenBack(line, unused), from: start, to }] : [];
  });
}
