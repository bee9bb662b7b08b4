import { openOf, statusOf } from '#shared/invoices/balance.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import { overpaidOf } from './overpaid.ts';
import { cancelEmails, undoMs } from '../email/outbox.ts';
import { notify } from '../people/notify.ts';
import type { Tx } from '../context.ts';
import { noBankLine, type Payment, payments } from '#shared/invoices/payment-schema.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

/**
 * Takes a payment by credit from the client's overpaid invoices: one row per invoice, in the same transaction. If the
 * payment is undone (a negative amount), the credit goes back to the invoices that it came from.
 */
async function moveCredit(tx: Tx, payment: Payment, invoice: Invoice): Promise<void> {
  const sources = payment.amount > 0 ? await availableCredits(tx, invoice) : await creditUsedFor(tx, invoice);
  let left = Math.abs(payment.amount);
  for (const { id, max } of sources) {
    const amount = Math.min(left, max);
    // Nothing is left to move, or this invoice already got all of its credit back.
    if (amount === 0) continue;
    left -= amount;
    const { client, day, bookedBy } = payment;
    await tx.create(payments, {
      id: tx.server.newId(),
      invoice: id,
      client,
      day,
      bookedBy,
      amount: payment.amount > 0 ? -amount : amount,
      method: 'credit',
      source: 'credit-taken',
      reference: invoice.number ?? '',
      ...noBankLine,
    });
  }
}

async function availableCredits(tx: Tx, invoice: Invoice): Promise<{ id: string; max: number }[]> {
  return (await overpaidOf(tx, invoice)).map((each) => ({ id: each.id, max: -openOf(each) }));
}

/** The credit used for an invoice, per invoice that it was taken from. */
async function creditUsedFor(tx: Tx, { client, number }: Invoice): Promise<{ id: string; max: number }[]> {
  const rows = await findDocuments(tx.server, payments, {
    where: { client, source: 'credit-taken', reference: number },
    order: ['createdAt', 'id'],
    transaction: tx.transaction,
  });
  const taken = new Map<string, number>();
  for (const { invoice, amount } of rows) taken.set(invoice, (taken.get(invoice) ?? 0) - amount);
  return [...taken].map(([id, max]) => ({ id, max }));
}

/** Updates the invoice's paid sum and status. Sends a thank-you e-mail when the invoice becomes paid. */
export async function afterPaymentWrite(
  tx: Tx,
  { before, after: payment }: { before: Payment | null; after: Payment },
): Promise<void> {
  if (before) return;
  const invoice = await tx.load(invoices, payment.invoice);
  if (!invoice) return;
  const paid = invoice.paid + payment.amount;
  const status = statusOf({ ...invoice, paid });
  await tx.update(invoices, invoice, { paid, status });
  if (payment.source === 'credit') await moveCredit(tx, payment, invoice);
  if (status === 'paid' && invoice.status !== 'paid') {
    const notBefore = tx.now + undoMs;
    const payload = { invoice: invoice.id };
    await notify(tx, invoice.client, { kind: 'invoice-paid', document: payment.id, payload, notBefore });
  }
  if (status !== 'paid' && invoice.status === 'paid') {
    const where = { invoice: invoice.id };
    const ids = await findIds(tx.server, payments, { where, transaction: tx.transaction });
    await cancelEmails(tx, 'invoice-paid', ids);
  }
}
