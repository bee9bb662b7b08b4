import type { BillingIdentity } from '../billing/billing-identity.ts';

/**
 * Which invoice a buyer gets: a full one where their billing identity is complete (a buyer of the seller's own country
 * needs a tax number), a simplified one up to the seller's limit where it is not; null: neither, so charges wait.
 * Source: Spain, Real Decreto 1619/2012, articles 4 (up to 400 EUR with tax) and 6.1.d.
 *
 * @param total with tax, in minor units
 */
export function invoiceKindFor(
  { country, simplifiedUpTo }: { country: string; simplifiedUpTo: number },
  buyer: BillingIdentity | null,
  total: number,
): 'full' | 'simplified' | null {
  if (!buyer) return null;
  if (buyer.taxNumber !== '' || buyer.country !== country) return 'full';
  return total <= simplifiedUpTo ? 'simplified' : null;
}

/** The series whose numbers an invoice of each kind takes. */
export const seriesOf = { full: 'A', simplified: 'S', rectifying: 'R' } as const;
