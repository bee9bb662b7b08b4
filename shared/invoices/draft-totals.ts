import { clientTaxRate, type SellerTax } from '../billing/tax.ts';
import type { Person } from '../people/schema.ts';
import type { Invoice } from './schema.ts';
import { totalsOf, type InvoiceLine } from './totals.ts';

/** The tax rate of a draft for a client, or null if the device does not know enough to tell it. */
export function draftRate(
  seller: SellerTax | null,
  client: Pick<Person, 'identity' | 'taxTreatment' | 'taxHold'> | null | undefined,
) {
  return seller && client ? clientTaxRate(seller, client) : null;
}

/**
 * The totals of a draft as it would be issued now. A correction has the tax of the invoice that it corrects; any other draft
 * that of its client today, which may have changed since it was written.
 */
export function draftTotals(draft: Invoice, rate: InvoiceLine['tax'] | null) {
  if (draft.corrects !== null || rate === null) return draft;
  return totalsOf(draft.lines.map((line) => ({ ...line, tax: rate })));
}
