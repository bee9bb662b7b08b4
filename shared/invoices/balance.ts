import type { Invoice, InvoiceStatus } from './schema.ts';

type Amounts = Pick<Invoice, 'kind' | 'total' | 'corrected' | 'paid'>;

/**
 * What is still to be paid of an issued invoice, in minor units: its total and what rectifying invoices took from it,
 * less what was paid. Negative: so much of what its client paid is theirs. Of a rectifying invoice nothing is paid.
 */
export function openOf({ kind, total, corrected, paid }: Amounts): number {
  return kind === 'rectifying' ? 0 : total + corrected - paid;
}

/** The status of an issued invoice follows from its amounts; void: wholly rectified. */
export function statusOf(amounts: Amounts): Exclude<InvoiceStatus, 'draft'> {
  const { kind, total, corrected, paid } = amounts;
  if (kind !== 'rectifying' && total !== 0 && corrected === -total) return 'void';
  if (openOf(amounts) <= 0) return 'paid';
  return paid > 0 ? 'part paid' : 'unpaid';
}
