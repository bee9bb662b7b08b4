import type { Invoice, InvoiceStatus } from './schema.ts';

type Amounts = Pick<Invoice, 'kind' | 'total' | 'corrected' | 'paid'>;

/**
 * The open amount of an issued invoice, in minor units: its total, plus its corrections (which are negative), minus its
 * payments. A negative result is the client's credit. A rectifying invoice is never paid, so its open amount is 0.
 */
export function openOf({ kind, total, corrected, paid }: Amounts): number {
  return kind === 'rectifying' ? 0 : total + corrected - paid;
}

/** Derives the status of an issued invoice from its amounts. An invoice that is corrected down to zero is void. */
export function statusOf(amounts: Amounts): Exclude<InvoiceStatus, 'draft'> {
  const { kind, total, corrected, paid } = amounts;
  if (kind !== 'rectifying' && total !== 0 && corrected === -total) return 'void';
  if (openOf(amounts) <= 0) return 'paid';
  return paid > 0 ? 'part paid' : 'unpaid';
}

/** What may go back at most for an invoice, in minor units: what is held for it. Nothing is held for a rectifying one. */
export function heldFor({ kind, paid }: Pick<Amounts, 'kind' | 'paid'>): number {
  return kind === 'rectifying' ? 0 : Math.max(0, paid);
}
