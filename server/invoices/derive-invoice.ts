import { isClient } from '#shared/people/role.ts';
import { formatMoney } from '#shared/billing/money.ts';
import { dayOf } from '#shared/billing/period.ts';
import { totalsOf, type InvoiceLine } from '#shared/invoices/totals.ts';
import { DomainError } from '#shared/errors.ts';
import { draftCorrection, issueCorrection } from './correct.ts';
import { draftFields, issuedFields, taxOf } from './issue.ts';
import { settings } from '../settings/settings.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';
import { type Invoice, plainInvoice } from '#shared/invoices/schema.ts';
import { people } from '#shared/people/schema.ts';

/**
 * Derives an invoice that is written by hand. The writer sends client and lines; the server computes amounts, tax and
 * totals. Issuing it (draft -> unpaid) gives it a number and a date and freezes everything printed, as in the billing
 * run. A draft that corrects an invoice becomes a rectifying invoice.
 *
 * @throws DomainError 'invalid', 'not-found', 'identity-missing', 'total-differs', 'clock-behind', 'unprintable', or as `draftCorrection`
 */
export async function deriveInvoice(
  tx: Tx,
  { before, after: invoice, changed }: Write<Invoice>,
): Promise<Partial<Invoice>> {
  if (before && before.status !== 'draft') return {}; // the access rules refuse it
  if (before && !['lines', 'status', 'reason'].some((field) => changed.includes(field))) return {};
  if (!Array.isArray(invoice.lines) || invoice.lines.length === 0)
    throw new DomainError('invalid', 'lines', 'empty');
  const isIssued = changed.includes('status') && invoice.status === 'unpaid';
  const { currency, timeZone } = await settings(tx.server, tx.transaction);
  const date = dayOf(tx.now, timeZone);
  if (invoice.corrects) {
    const { corrects, client, reason } = invoice;
    const options = { corrects, client, reason, lines: invoice.lines };
    if (!isIssued) return draftCorrection(tx, options);
    const issued = await issueCorrection(tx, options, date);
    checkApproved(invoice, issued.total); // a refusal also gives the number back
    return { ...issued, approvedTotal: invoice.approvedTotal };
  }
  const person = typeof invoice.client === 'string' ? await tx.load(people, invoice.client) : null;
  if (!isClient(person)) throw new DomainError('not-found', 'client');
  if (!person.identity) throw new DomainError('identity-missing', 'client');
  const tax = await taxOf(tx, { person, identity: person.identity, date });
  const lines = invoice.lines.map(({ prorated: _, ...line }): InvoiceLine => ({
    ...line,
    tax,
    amount: line.quantity * line.unitPrice,
  }));
  if (isIssued) {
    if (lines.reduce((sum, { amount }) => sum + amount, 0) <= 0)
      throw new DomainError('invalid', 'lines', 'amount');
    checkApproved(invoice, totalsOf(lines).total);
    const frozen = await issuedFields(tx, { person, identity: person.identity, lines, date });
    if (!frozen) throw new DomainError('identity-missing', 'client');
    return frozen;
  }
  return {
    lines,
    ...totalsOf(lines),
    ...plainInvoice,
    ...draftFields(tx, person.language),
    series: 'A',
    kind: 'full',
    description: lines[0]?.text ?? '',
    currency,
  };
}

/**
 * What is issued is what its writer saw. Since they saw it, the tax may have changed, with the client's details or a
 * setting.
 */
function checkApproved({ approvedTotal, currency }: Invoice, total: number): void {
  if (approvedTotal === null) throw new DomainError('invalid', 'approvedTotal', 'empty');
  if (approvedTotal === total) return;
  const shown = [approvedTotal, total].map((amount) => formatMoney(amount, currency, 'en'));
  throw new DomainError('total-differs', 'total', shown.join(' → '));
}
