import type { BillingIdentity } from '../billing/billing-identity.ts';

/**
 * The kind of invoice that a buyer gets. It is full if their billing identity is complete; a buyer in the seller's own
 * country needs a tax number for that. Otherwise it is simplified, up to the seller's limit.
 * Source: Spain, Real Decreto 1619/2012, articles 4 (up to 400 EUR with tax) and 6.1.d.
 *
 * @param total with tax, in minor units
 * @returns null if neither kind is possible; the charges then stay uninvoiced
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

/** The number series of each kind of invoice. */
export const seriesOf = { full: 'A', simplified: 'S', rectifying: 'R' } as const;
