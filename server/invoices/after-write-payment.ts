import { openOf, statusOf } from '#shared/invoices/balance.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import { overpaidOf } from './overpaid.ts';
import { cancelEmails, undoMs } from '../email/outbox.ts';
import { notify } from '../people/notify.ts';
import type { Tx } from '../context.ts';
import { noBankLine, type Payment, payments } from '#shared/invoices/payment-schema.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';

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

async function creditsOf(tx: Tx, invoice: Invoice): Promise<{ id: string; most: number }[]> {
  return (await overpaidOf(tx, invoice)).map((each) => ({ id: each.id, most: -openOf(each) }));
}

/** What credit paid of an invoice, by the invoices that it was taken from. */
async function takenFrom(tx: Tx, { client, number }: Invoice): Promise<{ id: string; most: number }[]> {
  const rows = await findDocuments(tx.server, payments, {
    where: { client, source: 'credit-taken', reference: number },
    order: ['createdAt', 'id'],
    transaction: tx.transaction,
  });
  const taken = new Map<string, number>();
  for (const { invoice, amount } of rows) taken.set(invoice, (taken.get(invoice) ?? 0) - amount);
  return [...taken].map(([id, most]) => ({ id, most }));
}

/** Unpaid, part paid and paid follow from the sum of an invoice's payments; who has paid is thanked. */
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
