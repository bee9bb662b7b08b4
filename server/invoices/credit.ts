import type { Language } from '#shared/settings/language.ts';
import { Op } from 'sequelize';
import type { Day } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import type { InvoiceLine } from '#shared/invoices/totals.ts';
import { DomainError } from '#shared/errors.ts';
import { findDocuments } from '#sync/server/row.ts';
import { findRows } from '../models/rows.ts';
import { queueEmail } from '../email/outbox.ts';
import { periodOf } from '#shared/orders/change.ts';
import { settings } from '../settings/settings.ts';
import { draftCorrection, issueCorrection } from './correct.ts';
import { adjustmentLines, unusedLines, type BilledAdjustment, type Charge } from './credit-lines.ts';
import { printedDay } from './pdf/invoice-words.ts';
import { ClockBehind } from './next-number.ts';
import { Unprintable } from './pdf/check-printable.ts';
import type { Tx } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';

type Reason = 'cancelled' | 'withdrawn' | 'reduced';

export const reasons: Record<Reason, Record<Language, (day: string) => string>> = {
  cancelled: {
    en: (day) => `Cancelled on ${day}: days not used`,
    es: (day) => `Cancelado el ${day}: días no disfrutados`,
  },
  withdrawn: {
    en: (day) => `Withdrawal on ${day}: days not used`,
    es: (day) => `Desistimiento el ${day}: días no disfrutados`,
  },
  reduced: {
    en: (day) => `Changed on ${day}: a lower price for the rest of the period`,
    es: (day) => `Cambio el ${day}: un precio menor por el resto del periodo`,
  },
};

/**
 * Credits the unused days of an order that was cancelled before the end of its charged days. It creates one rectifying
 * invoice per corrected invoice, as a draft for the accountant or issued at once, as the settings say. A withdrawal is always
 * credited, whatever the settings say, and whole unless the client asked to begin before the time to withdraw was over. What
 * was credited by hand is not credited again.
 *
 * @param adjustment what a change within the period cost for the unused days, credited too; negative: what a reduction has
 *   already credited for them. Net, in minor units
 * @returns the part of `adjustment` that is not credited because of the setting, else 0
 */
export async function creditUnused(tx: Tx, order: Order, adjustment = 0): Promise<number> {
  const day = order.history.at(-1)?.on;
  const { creditOnCancel, timeZone } = await settings(tx.server, tx.transaction);
  const isWithdrawn = order.cause === 'withdrawal';
  if (!day) return 0;
  if (creditOnCancel === 'none' && !isWithdrawn) return adjustment;
  const isWhole = isCreditedWhole(order);
  if (isWhole) await dropWaiting(tx, order.id);
  const billedInPeriod = adjustment > 0 || isWhole ? await billedAdjustments(tx, order, day) : [];
  const charged = isWhole ? await chargesOf(tx, order.id) : await chargedAfter(tx, order.id, day);
  const charges = Map.groupBy(charged, ({ invoice }) => invoice);
  const adjustments = Map.groupBy(billedInPeriod, ({ invoice }) => invoice);
  const changes = billedInPeriod.reduce((sum, { amount }) => sum + amount, 0);
  let rest = isWhole ? changes : Math.max(adjustment, 0);
  let reduced = isWhole ? 0 : Math.max(-adjustment, 0);
  for (const id of new Set([...charges.keys(), ...adjustments.keys()])) {
    const original = await tx.load(invoices, id);
    if (!original) continue;
    const corrected = await correctedOf(tx, id);
    const unused = unusedLines(original, {
      order,
      charges: charges.get(id) ?? [],
      day: isWhole ? '' : day,
      corrected,
      reduced,
    });
    if (charges.has(id)) reduced = 0;
    const ofAdjustments = adjustmentLines(original, {
      adjustments: adjustments.get(id) ?? [],
      max: rest,
      corrected,
    });
    const lines = [...unused, ...ofAdjustments];
    if (lines.length === 0) continue;
    const date = creditOnCancel === 'issue' ? dayOf(tx.now, timeZone) : null;
    const isMade = await makeCredit(tx, {
      original,
      lines,
      reason: reasons[isWithdrawn ? 'withdrawn' : 'cancelled'][original.language](printedDay(day, original)),
      date,
    });
    if (isMade) rest += ofAdjustments.reduce((sum, { amount }) => sum + amount, 0);
  }
  return 0;
}

/** True for a withdrawal after which the consumer pays for nothing, not even for the days used. */
export function isCreditedWhole({ cause, billingPeriod, beginAtOnce }: Order): boolean {
  return cause === 'withdrawal' && (billingPeriod === 'once' || !beginAtOnce);
}

/** Drops what waits for an order's next invoice. */
async function dropWaiting({ server, transaction }: Tx, order: string): Promise<void> {
  await server.models.adjustments.destroy({ where: { order, invoice: null }, transaction });
}

/** Drafts a credit, or issues it on `date`. @returns false if the invoice was already corrected as far as possible */
export async function makeCredit(
  tx: Tx,
  {
    original,
    lines,
    reason,
    date,
  }: { original: Invoice; lines: InvoiceLine[]; reason: string; date: Day | null },
): Promise<boolean> {
  const { accountingList } = await settings(tx.server, tx.transaction);
  const { client } = original;
  const credit = await creditOf(tx, { corrects: original.id, client, reason, lines }, date);
  if (!credit) return false;
  const { id } = await tx.create(invoices, {
    status: 'draft' as const,
    ...credit,
    id: tx.server.newId(),
    client,
  });
  if (credit.number === null) await mailDraft(tx, { id, original, recipient: accountingList });
  return true;
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

/**
 * Issues or drafts the credit, as `date` says. If it can't be issued now, because the clock is behind or a character can't be
 * printed, it is drafted, so that the cancellation succeeds.
 */
async function creditOf(tx: Tx, options: Parameters<typeof draftCorrection>[1], date: Day | null) {
  try {
    if (date === null) return await draftCorrection(tx, options);
    return await issueCorrection(tx, options, date);
  } catch (error) {
    if (error instanceof ClockBehind || error instanceof Unprintable) return draftCorrection(tx, options);
    // The invoice was already corrected by hand as far as possible.
    if (error instanceof DomainError && error.code === 'corrects-too-much') return null;
    throw error;
  }
}

export async function chargedAfter(tx: Tx, order: string, day: Day): Promise<Charge[]> {
  return findRows(tx.server.models.charges, {
    where: { order, to: { [Op.gt]: day } },
    order: ['from'],
    transaction: tx.transaction,
  });
}

function chargesOf(tx: Tx, order: string): Promise<Charge[]> {
  return findRows(tx.server.models.charges, {
    where: { order },
    order: ['from'],
    transaction: tx.transaction,
  });
}

/** The lines of all corrections of an invoice, including drafts, so that a charge is not credited twice. */
export async function correctedOf(tx: Tx, corrects: string): Promise<InvoiceLine[]> {
  const found = await findDocuments(tx.server, invoices, {
    where: { corrects },
    transaction: tx.transaction,
  });
  return found.flatMap(({ lines }) => lines);
}

/** The invoiced positive adjustments of an order in the period of a day, the latest first: the latest is credited first. */
export async function billedAdjustments(tx: Tx, order: Order, day: Day): Promise<BilledAdjustment[]> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  const since = periodOf(order, day)?.start ?? day;
  const rows = await findRows(tx.server.models.adjustments, {
    where: { order: order.id, invoice: { [Op.ne]: null }, amount: { [Op.gt]: 0 } },
    order: [
      ['madeAt', 'DESC'],
      ['id', 'DESC'],
    ],
    transaction: tx.transaction,
  });
  return rows.flatMap(({ invoice, ...row }) =>
    invoice === null || dayOf(row.madeAt, timeZone) < since ? [] : [{ ...row, invoice }],
  );
}
