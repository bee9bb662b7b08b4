import { Op } from 'sequelize';
import { correctionTotals } from '#shared/invoices/corrections.ts';
import type { Day } from '#shared/billing/day.ts';
import type { InvoiceLine } from '#shared/invoices/totals.ts';
import { DomainError } from '#shared/errors.ts';
import { findDocuments } from '#sync/server/row.ts';
import { logoHash } from '../settings/logo.ts';
import { settings } from '../settings/settings.ts';
import { verifyUrlOf } from './verifactu/verify-url.ts';
import { draftOf } from './issue.ts';
import { nextNumber } from './next-number.ts';
import type { Tx } from '../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

/*
 * Rectifying invoices: nothing that was issued is edited or deleted; it is corrected by the difference, by an invoice
 * of a series of its own with negative lines, the reason, and the number of what it corrects.
 */

type Wanted = { corrects: string; client: string; reason: string; lines: InvoiceLine[] };

/**
 * A draft of a correction, computed by the server; its lines are what is taken back of the invoice's lines.
 *
 * @throws DomainError 'not-found', 'invalid' (the reason is missing), 'corrects-too-much'
 */
export async function draftCorrection(tx: Tx, wanted: Wanted) {
  return (await correction(tx, wanted)).draft;
}

/**
 * The same, issued: to the same buyer, in the same language; nothing is to be paid on it.
 *
 * @throws ClockBehind too
 */
export async function issueCorrection(tx: Tx, wanted: Wanted, date: Day) {
  const { original, draft } = await correction(tx, wanted);
  const provider = await settings(tx.server, tx.transaction);
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

async function correction(tx: Tx, { corrects, client, reason, lines: said }: Wanted) {
  const original = await tx.load(invoices, corrects);
  if (!original || original.number === null || original.kind === 'rectifying' || original.client !== client)
    throw new DomainError('not-found', 'corrects');
  if (!reason?.trim()) throw new DomainError('invalid', 'reason');
  const lines = said.map((line): InvoiceLine => ({ ...line, amount: line.quantity * line.unitPrice }));
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
    ...draftOf(tx, original.language),
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
