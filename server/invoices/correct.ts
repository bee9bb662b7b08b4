import { Op } from 'sequelize';
import { correctionTotals } from '#shared/invoices/corrections.ts';
import type { Day } from '#shared/billing/day.ts';
import type { InvoiceLine } from '#shared/invoices/totals.ts';
import { DomainError } from '#shared/errors.ts';
import { findDocuments } from '#sync/server/row.ts';
import { logoHash } from '../settings/logo.ts';
import { settings } from '../settings/settings.ts';
import { verifyUrlOf } from './verifactu/verify-url.ts';
import { draftFields } from './issue.ts';
import { nextNumber } from './next-number.ts';
import { checkPrintable } from './pdf/check-printable.ts';
import type { Tx } from '../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

/*
 * Rectifying invoices. An issued invoice is never edited or deleted. It is corrected by the difference: by another
 * invoice, in a series of its own, with negative lines, the reason, and the number of the corrected invoice.
 */

type CorrectionOptions = { corrects: string; client: string; reason: string; lines: InvoiceLine[] };

/**
 * Computes the draft of a correction. Its (negative) lines are the amounts credited from the invoice's lines.
 *
 * @throws DomainError 'not-found', 'invalid' (the reason is missing), 'corrects-too-much'
 */
export async function draftCorrection(tx: Tx, options: CorrectionOptions) {
  return (await correction(tx, options)).draft;
}

/**
 * Computes an issued correction, for the same buyer and in the same language. There is nothing to pay on it.
 *
 * @throws DomainError as `draftCorrection`
 * @throws ClockBehind if `date` is before the date of the last invoice
 * @throws Unprintable if no font can draw a character of it
 */
export async function issueCorrection(tx: Tx, options: CorrectionOptions, date: Day) {
  const { original, draft } = await correction(tx, options);
  const provider = await settings(tx.server, tx.transaction);
  checkPrintable({ ...draft, seller: provider.seller, buyer: original.buyer });
  const number = await nextNumber(tx, 'R', date);
  return {
    ...draft,
    number,
    date,
    status: 'paid' as const,
    verifyUrl: verifyUrlOf(provider, { number, date, total: draft.total }),
    seller: provider.seller,
    buyer: original.buyer,
    logo: await logoHash(tx.server, tx.transaction),
  };
}

async function correction(tx: Tx, { corrects, client, reason, lines: inputLines }: CorrectionOptions) {
  const original = await tx.load(invoices, corrects);
  if (!original || original.number === null || original.kind === 'rectifying' || original.client !== client)
    throw new DomainError('not-found', 'corrects');
  if (!reason?.trim()) throw new DomainError('invalid', 'reason');
  const lines = inputLines.map(({ prorated: _, ...line }): InvoiceLine => ({
    ...line,
    amount: line.quantity * line.unitPrice,
  }));
  const earlier = await findDocuments(tx.server, invoices, {
    where: { corrects, number: { [Op.ne]: null } },
    transaction: tx.transaction,
  });
  const totals = correctionTotals(
    original.totals,
    earlier.map((each) => each.totals),
    lines,
  );
  if (!totals) throw new DomainError('corrects-too-much', 'lines');
  const draft = {
    lines,
    ...totals,
    ...draftFields(tx, original.language),
    series: 'R',
    kind: 'rectifying' as const,
    currency: original.currency,
    reason,
    corrects,
    correctsNumber: original.number,
    correctsDate: original.date,
    description: `${original.number}: ${reason}`.slice(0, 300),
  };
  return { original, draft };
}
