import { dayOf } from '#shared/billing/period.ts';
import { totalsOf, type InvoiceLine } from '#shared/billing/totals.ts';
import type { Invoice } from '#shared/collections/invoices.ts';
import { DomainError } from '#shared/errors.ts';
import { issued, taxOf } from '../../invoicing/issue.ts';
import { settings } from '../../provider/settings.ts';
import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/**
 * A draft by hand: its writer says client and lines, the server computes amounts, tax and totals. Issuing it (draft ->
 * unpaid) gives number and date and freezes what is printed, as in the billing run.
 */
export async function prepareInvoice(
  unit: Unit,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const invoice = after as unknown as Invoice; // its fields were parsed
  if (before && before['status'] !== 'draft') return {}; // the table of rights refuses it
  if (before && !changed.includes('lines') && !changed.includes('status')) return {};
  const person = typeof invoice.client === 'string' ? await unit.load('people', invoice.client) : null;
  if (person?.role !== 'client') throw new DomainError('not-found', 'client');
  if (!person.identity) throw new DomainError('identity-missing', 'client');
  if (!Array.isArray(invoice.lines) || invoice.lines.length === 0)
    throw new DomainError('invalid', 'lines', 'empty');
  const tax = await taxOf(unit, person, person.identity);
  const lines = invoice.lines.map((line): InvoiceLine => ({
    ...line,
    tax,
    amount: line.quantity * line.unitPrice,
  }));
  const { currency, timeZone } = await settings(unit.server, unit.transaction);
  if (changed.includes('status') && invoice.status === 'unpaid') {
    if (lines.reduce((sum, { amount }) => sum + amount, 0) <= 0)
      throw new DomainError('invalid', 'lines', 'amount');
    const date = dayOf(unit.now, timeZone);
    return issued(unit, { person, identity: person.identity, lines, date });
  }
  return {
    lines,
    ...totalsOf(lines),
    number: null,
    series: 'A',
    kind: 'full',
    description: lines[0]?.text ?? '',
    date: null,
    dueDate: null,
    currency,
    language: person.language,
    paid: 0,
    seller: null,
    buyer: null,
    iban: '',
    paymentText: '',
    pdfHash: null,
    recent: -unit.now,
  };
}
