import type { InvoiceStatus } from '#shared/collections/invoices.ts';
import type { Payment } from '#shared/collections/payments.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { cancelLetters, queueLetterTo, undoMs } from '../mail/queue-letter.ts';

/** Unpaid, part paid and paid follow from the sum of an invoice's payments; who has paid is thanked. */
export async function paymentEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  if (before) return;
  const payment = after as unknown as Payment;
  const invoice = await unit.load('invoices', payment.invoice);
  if (!invoice) return;
  const paid = invoice.paid + payment.amount;
  const status = invoice.status === 'void' ? 'void' : statusOf(paid, invoice.total);
  await unit.update('invoices', invoice, { paid, status });
  if (status === 'paid' && invoice.status !== 'paid') {
    const notBefore = unit.now + undoMs;
    await queueLetterTo(unit, invoice.client, { kind: 'invoice-paid', document: payment.id, notBefore });
  }
  if (status !== 'paid' && invoice.status === 'paid') {
    const rows = await unit.server.models.payments.findAll({
      where: { invoice: invoice.id },
      attributes: ['id'],
      transaction: unit.transaction,
      raw: true,
    });
    const payments = rows.map((row) => (row as unknown as { id: string }).id);
    await cancelLetters(unit, 'invoice-paid', payments);
  }
}

function statusOf(paid: number, total: number): InvoiceStatus {
  if (paid >= total) return 'paid';
  return paid > 0 ? 'part paid' : 'unpaid';
}
