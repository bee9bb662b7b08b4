import { openOf } from '#shared/invoices/balance.ts';
import type { Payment } from '#shared/invoices/payment-schema.ts';
import type { Invoice, InvoiceStatus } from '#shared/invoices/schema.ts';

export type PaymentState = { open: number; state: InvoiceStatus | 'overdue' };

/**
 * The payment state of an invoice on this device: the server's state plus the payments booked here but not sent yet.
 *
 * @param unsent unsent payments of this invoice
 * @param today YYYY-MM-DD
 */
export function currentOf(invoice: Invoice, unsent: readonly Payment[], today: string): PaymentState {
  const paid = invoice.paid + unsent.reduce((sum, { amount }) => sum + amount, 0);
  const open = openOf({ ...invoice, paid });
  if (invoice.status === 'draft') return { open: 0, state: 'draft' };
  if (invoice.status === 'void') return { open: Math.min(open, 0), state: 'void' };
  if (open <= 0) return { open: Math.min(open, 0), state: 'paid' };
  if (invoice.dueDate !== null && invoice.dueDate < today) return { open, state: 'overdue' };
  return { open, state: paid > 0 ? 'part paid' : 'unpaid' };
}
