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
 * Credits the unused days of an order that was cancelled before the end of its charged days. It creates one rectifying
 * invoice per corrected invoice, as a draft for the accountant or issued at once, as the settings say. A withdrawal is always
 * credited, whatever the settings say. What was credited by hand is not credited again.
 *
 * @param adjustment what a change within the period cost for the unused days, credited too: net, in minor units
 * @returns the part of `adjustment` that is not credited because of the setting, else 0
 */
export async function creditUnused(tx: Tx, order: Order, adjustment = 0): Promise<number> {
  const day = order.history.at(-1)?.on;
  const { creditOnCancel, accountingList, timeZone } = await settings(tx.server, tx.transaction);
  const isWithdrawn = order.cause === 'withdrawal';
  if (!day) return 0;
  const since = periodOf(order, day)?.start ?? day;
  const allBilled = adjustment > 0 ? await billedAdjustments(tx, order.id) : [];
  const billedInPeriod = allBilled.filter(({ madeAt }) => dayOf(madeAt, timeZone) >= since);
  if (creditOnCancel === 'none' && !isWithdrawn) return adjustment;
  const charges = Map.groupBy(await chargedAfter(tx, order.id, day), ({ invoice }) => invoice);
  const adjustments = Map.groupBy(billedInPeriod, ({ invoice }) => invoice);
  let rest = adjustment;
  for (const id of new Set([...charges.keys(), ...adjustments.keys()])) {
    const original = await tx.load(invoices, id);
    if (!original) continue;
    const corrected = await correctedOf(tx, id);
    const unused = unusedLines(original, { order, charges: charges.get(id) ?? [], day, corrected });
    const ofAdjustments = adjustmentLines(original, {
      adjustments: adjustments.get(id) ?? [],
      max: rest,
      corrected,
    });
    const lines = [...unused, ...ofAdjustments];
    if (lines.length === 0) continue;
    const reasonIn = reasons[isWithdrawn ? 'withdrawn' : 'cancelled'];
    const reason = reasonIn[original.language](printedDay(day, original));
    const options = { corrects: id, client: original.client, reason, lines };
    const date = creditOnCancel === 'issue' ? dayOf(tx.now, timeZone) : null;
    const credit = await creditOf(tx, options, date);
    if (!credit) continue;
    rest += ofAdjustments.reduce((sum, { amount }) => sum + amount, 0);
    const { id: creditId } = await tx.create(invoices, {
      status: 'draft' as const,
      ...credit,
      id: tx.server.newId(),
      client: original.client,
    });
    if (credit.number === null) await mailDraft(tx, { id: creditId, original, recipient: accountingList });
  }
  return 0;
}

async function mailDraft(
  tx: Tx,
  { id, original, recipient }: { id: string; original: Invoice; recipient: string },
): Promise<void> {
  const client = await tx.read(people, original.client);
  const clientName = client?.displayName ?? '';
  const payload = { invoice: id, corrects: original.number ?? '', clientName };
  await queueEmail(tx, { kind: 'credit-drafted', document: id, payload, recipient });
}

/** Issues or drafts the credit, as `date` says. If the clock is behind, it only drafts it, so that the cancellation succeeds. */
async function creditOf(tx: Tx, options: Parameters<typeof draftCorrection>[1], date: Day | null) {
  try {
    if (date === null) return await draftCorrection(tx, options);
    return await issueCorrection(tx, options, date);
  } catch (error) {
    if (error instanceof ClockBehind) return draftCorrection(tx, options);
    // The invoice was already corrected by hand as far as possible.
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

/** The lines of all corrections of an invoice, including drafts, so that a charge is not credited twice. */
async function correctedOf(tx: Tx, corrects: string): Promise<InvoiceLine[]> {
  const found = await findDocuments(tx.server, invoices, {
    where: { corrects },
    transaction: tx.transaction,
  });
  return found.flatMap(({ lines }) => lines);
}

type BilledAdjustment = {
  order: string | null;
  text: string;
  amount: number;
  invoice: string;
  madeAt: number;
};

/** The invoiced positive adjustments of an order, the latest first: the latest is credited first. */
async function billedAdjustments(tx: Tx, order: string): Promise<BilledAdjustment[]> {
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
 * Credit lines for unused days: charged amount x unused days / charged days, but no more than is left of the charge. Each
 * line has the tax of the line that it credits.
 */
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
