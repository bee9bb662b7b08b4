import { QueryTypes } from 'sequelize';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { heldFor, openOf } from '#shared/invoices/balance.ts';
import { formatMoney } from '#shared/billing/money.ts';
import { DomainError } from '#shared/errors.ts';
import { settings } from '../settings/settings.ts';
import { overpaidOf } from './overpaid.ts';
import { findDocuments } from '#sync/server/row.ts';
import type { Write } from '#sync/server/context.ts';
import { view } from '#shared/rights.ts';
import type { Tx } from '../context.ts';
import { type Payment, payments } from '#shared/invoices/payment-schema.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/**
 * Checks a new payment and sets its client and the person who books it.
 * @throws DomainError 'not-found', 'not-issued', 'already-paid' (with the paid amount), 'exceeds-held' (with what
 *   is held), 'invalid', 'no-credit' or 'line-booked'
 */
export async function derivePayment(
  tx: Tx,
  { before, after: payment }: Write<Payment>,
): Promise<Partial<Payment>> {
  if (before) return {};
  const { actor } = tx.writer;
  const invoice = typeof payment.invoice === 'string' ? await tx.load(invoices, payment.invoice) : null;
  if (!actor || !invoice || !view(actor, 'invoices', invoice)) throw new DomainError('not-found', 'invoice');
  if (invoice.status === 'draft') throw new DomainError('not-issued', 'invoice');
  if (payment.amount > 0 && openOf(invoice) <= 0) {
    const paidAmount = formatMoney(invoice.paid, invoice.currency, 'en');
    throw new DomainError('already-paid', 'amount', `${invoice.number ?? ''} ${paidAmount}`.trim());
  }
  await checkDay(tx, payment);
  if (payment.bankLine ?? payment.bankAmount) await checkBankLine(tx, payment);
  if (payment.source === 'credit' || payment.method === 'credit') await checkCredit(tx, payment, invoice);
  // Two people may book the same refund without a network. Only one of them is accepted.
  if (-payment.amount > heldFor(invoice)) {
    throw new DomainError('exceeds-held', 'amount', formatMoney(heldFor(invoice), invoice.currency, 'en'));
  }
  return { client: invoice.client, bookedBy: actor.id };
}

/** Checks that a payment was made between the seller's first invoice and tomorrow. */
async function checkDay(tx: Tx, { day }: Payment): Promise<void> {
  const { timeZone } = await settings(tx.server, tx.transaction);
  if (day > addDays(dayOf(tx.now, timeZone), 1)) throw new DomainError('invalid', 'day', 'future');
  // Dates never go back along the chain of records, so its first record is of the first invoice.
  const [first] = await tx.server.db.query<{ date: string }>(
    'SELECT i.date FROM records r JOIN invoices i ON i.id = r.invoice ORDER BY r.position LIMIT 1',
    { transaction: tx.transaction, type: QueryTypes.SELECT },
  );
  if (first && day < first.date) throw new DomainError('invalid', 'day', first.date);
}

/** Checks that a payment by credit is not more than the credit: what the client overpaid on other invoices. */
async function checkCredit(tx: Tx, { source, method, amount }: Payment, invoice: Invoice): Promise<void> {
  if (source !== 'credit' || method !== 'credit') throw new DomainError('invalid', 'method');
  if (amount < 0) {
    // The payment undoes a use of credit: no more than credit has paid of this invoice.
    const where = { invoice: invoice.id, source };
    const used = Number(
      (await tx.server.models.payments.sum('amount', { where, transaction: tx.transaction })) ?? 0,
    );
    if (-amount > used)
      throw new DomainError('no-credit', 'amount', formatMoney(used, invoice.currency, 'en'));
    return;
  }
  const credit = (await overpaidOf(tx, invoice)).reduce((sum, each) => sum - openOf(each), 0);
  if (amount > Math.min(credit, openOf(invoice)))
    throw new DomainError('no-credit', 'amount', formatMoney(credit, invoice.currency, 'en'));
}

/** A line of a bank statement may pay several invoices: each once, and in total no more than the amount of the line. */
async function checkBankLine(tx: Tx, payment: Payment): Promise<void> {
  const { bankLine, bankAmount, source, amount, invoice } = payment;
  // An outgoing line takes payments back, so its amounts are negative.
  const isOfLine = bankAmount !== null && amount !== 0 && Math.sign(amount) === Math.sign(bankAmount);
  if (bankLine === null || bankAmount === null || source !== 'statement' || !isOfLine)
    throw new DomainError('invalid', 'bankLine');
  const booked = await findDocuments(tx.server, payments, {
    where: { bankLine },
    lock: tx.transaction.LOCK.UPDATE,
    transaction: tx.transaction,
  });
  const sum = booked.reduce((all, each) => all + each.amount, 0);
  const differs = booked.some((each) => each.bankAmount !== bankAmount);
  if (
    differs ||
    booked.some((each) => each.invoice === invoice) ||
    Math.abs(sum + amount) > Math.abs(bankAmount)
  )
    throw new DomainError('line-booked', 'bankLine', formatMoney(sum, 'EUR', 'en'));
}
