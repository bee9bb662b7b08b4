import { formatMoney } from '#shared/billing/money.ts';
import type { Payment } from '#shared/collections/payments.ts';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/policy/scope.ts';
import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/** A payment is of an issued invoice; on one that is paid already it is refused, showing what stands. */
export async function preparePayment(unit: Unit, { before, after }: Write): Promise<Record<string, unknown>> {
  if (before) return {};
  const { actor } = unit.writer;
  const payment = after as unknown as Payment; // parsed fields of the writer
  const invoice = typeof payment.invoice === 'string' ? await unit.load('invoices', payment.invoice) : null;
  if (!actor || !invoice || !view(actor, 'invoices', invoice)) throw new DomainError('not-found', 'invoice');
  if (invoice.status === 'draft') throw new DomainError('not-issued', 'invoice');
  if (payment.amount > 0 && invoice.paid >= invoice.total) {
    const stands = formatMoney(invoice.paid, invoice.currency, 'en');
    throw new DomainError('already-paid', 'amount', `${invoice.number ?? ''} ${stands}`.trim());
  }
  return { client: invoice.client, bookedBy: actor.id };
}
