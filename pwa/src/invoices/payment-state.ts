import { openOf } from '#shared/invoices/balance.ts';
import type { Payment } from '#shared/invoices/payment-schema.ts';
import type { Invoice, InvoiceStatus } from '#shared/invoices/schema.ts';

export type PaymentState = { open: number; state: InvoiceStatus | 'overdue' };

/**
 * How an invoice stands on this device: what the server says, and the payments booked here that it has not seen yet.
 *
 * @param unsent payments of this invoice that still wait to be sent
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
