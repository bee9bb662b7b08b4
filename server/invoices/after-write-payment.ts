import { openOf, statusOf } from '#shared/invoices/balance.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import { noBankLine, type Payment } from '#shared/invoices/payment-schema.ts';
import { toDocument } from '#sync/server/row.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import { overpaidOf } from './overpaid.ts';
import { cancelEmails, queueEmailTo, undoMs } from '../email/outbox.ts';

/**
 * What is paid by credit is taken from what was paid too much: a row at each of those invoices, in the same
 * transaction. Undone (a negative amount), it goes back to where it came from.
 */
async function moveCredit(tx: Tx, payment: Payment, invoice: Invoice): Promise<void> {
  const sources = payment.amount > 0 ? await creditsOf(tx, invoice) : await takenFrom(tx, invoice);
  let left = Math.abs(payment.amount);
  for (const { id, most } of sources) {
    const amount = Math.min(left, most);
    // Nothing is left to move, or all of this one went back before.
    if (amount === 0) continue;
    left -= amount;
    const { client, day, bookedBy } = payment;
    await tx.create('payments', {
      ...{ id: tx.server.newId(), invoice: id, client, day, bookedBy },
      ...{ amount: payment.amount > 0 ? -amount : amount, method: 'credit', source: 'credit-taken' },
      ...{ reference: invoice.number ?? '', ...noBankLine },
    });
  }
}

async function creditsOf(tx: Tx, invoice: Invoice): Promise<{ id: string; most: number }[]> {
  return (await overpaidOf(tx, invoice)).map((each) => ({ id: each.id, most: -openOf(each) }));
}

/** What credit paid of an invoice, by the invoices that it was taken from. */
async function takenFrom(tx: Tx, { client, number }: Invoice): Promise<{ id: string; most: number }[]> {
  const rows = await tx.server.models.payments.findAll({
    where: { client, source: 'credit-taken', reference: number },
    order: ['createdAt', 'id'],
    transaction: tx.transaction,
    raw: true,
  });
  const taken = new Map<string, number>();
  for (const { invoice, amount } of rows.map((row) => toDocument('payments', row)))
    taken.set(invoice, (taken.get(invoice) ?? 0) - amount);
  return [...taken].map(([id, most]) => ({ id, most }));
}

/** Unpaid, part paid and paid follow from the sum of an invoice's payments; who has paid is thanked. */
export async function afterPaymentWrite(tx: Tx, { before, after }: Change): Promise<void> {
  if (before) return;
  const payment = after as unknown as Payment;
  const invoice = await tx.load('invoices', payment.invoice);
  if (!invoice) return;
  const paid = invoice.paid + payment.amount;
  const status = statusOf({ ...invoice, paid });
  await tx.update('invoices', invoice, { paid, status });
  if (payment.source === 'credit') await moveCredit(tx, payment, invoice);
  if (status === 'paid' && invoice.status !== 'paid') {
    const notBefore = tx.now + undoMs;
    await queueEmailTo(tx, invoice.client, { kind: 'invoice-paid', document: payment.id, notBefore });
  }
  if (status !== 'paid' && invoice.status === 'paid') {
    const rows = await tx.server.models.payments.findAll({
      where: { invoice: invoice.id },
      attributes: ['id'],
      transaction: tx.transaction,
      raw: true,
    });
    const payments = rows.map((row) => (row as unknown as { id: string }).id);
    await cancelEmails(tx, 'invoice-paid', payments);
  }
}
