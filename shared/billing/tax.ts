import type { BillingIdentity } from './billing-identity.ts';
import type { TaxRate } from './tax-rate.ts';
import { vatPlaceOf } from './territories.ts';

/** The seller's settings that decide the tax. */
export type SellerTax = {
  country: string;
  vatNumber: string;
  standard: TaxRate;
  /** Used if the seller has no VAT number: 0 % with category and reason. */
  noTax: TaxRate;
  /** Postcode prefixes of the seller's country that are outside its VAT (Canary Islands, Ceuta, Melilla). */
  outsidePostcodes: readonly string[];
  /** Percent in hundredths by country, once the seller has registered for the one-stop shop; null before. */
  ossRates: Readonly<Record<string, number>> | null;
};

/**
 * Members of the EU VAT area by ISO 3166 code, with their standard rates in hundredths of a percent. Sources: Council
 * Directive 2006/112/EC, article 5; European Commission, VAT rates of 2026 (a provider edits them in its settings).
 */
export const euRates: Readonly<Record<string, number>> = {
  AT: 2000,
  BE: 2100,
  BG: 2000,
  CY: 1900,
  CZ: 2100,
  DE: 1900,
  DK: 2500,
  EE: 2400,
  ES: 2100,
  FI: 2550,
  FR: 2000,
  GR: 2400,
  HR: 2500,
  HU: 2700,
  IE: 2300,
  IT: 2200,
  LT: 2100,
  LU: 1700,
  LV: 2100,
  MT: 1800,
  NL: 2100,
  PL: 2300,
  PT: 2300,
  RO: 2100,
  SE: 2500,
  SI: 2200,
  SK: 2300,
};

const reverseCharge: TaxRate = {
  percent: 0,
  category: 'AE',
  reason: {
    en: 'Reverse charge: VAT to be accounted for by the recipient (Art. 196, Directive 2006/112/EC).',
    es: 'Inversión del sujeto pasivo: el IVA corre a cargo del destinatario (art. 196, Directiva 2006/112/CE).',
  },
};

const outsideEu: TaxRate = {
  percent: 0,
  category: 'O',
  reason: {
    en: 'Not subject to EU VAT: recipient established outside the VAT territory.',
    es: 'No sujeto al IVA: destinatario establecido fuera del territorio de aplicación.',
  },
};

type TaxedClient<Identity> = {
  identity: Identity;
  taxTreatment: { rate: TaxRate } | null;
  taxHold: TaxRate | null;
};

/**
 * The tax rate of a client: the rate that the accountant chose for them, or else the one that holds until the accountant
 * accepts what the client changed, or else that of the rules below.
 *
 * @returns null if there is neither a chosen rate nor a billing identity
 */
export function clientTaxRate(seller: SellerTax, client: TaxedClient<BillingIdentity>): TaxRate;
export function clientTaxRate(seller: SellerTax, client: TaxedClient<BillingIdentity | null>): TaxRate | null;
export function clientTaxRate(
  seller: SellerTax,
  { identity, taxTreatment, taxHold }: TaxedClient<BillingIdentity | null>,
): TaxRate | null {
  return taxTreatment?.rate ?? taxHold ?? (identity && taxRateFor(seller, identity));
}

/**
 * The tax rate of an invoice on its issue day. The first case that applies decides:
 * - The seller has no VAT number: no tax.
 * - The buyer is in the seller's country: the standard rate, or no EU VAT in the territories outside it.
 * - The buyer is outside the EU: no EU VAT.
 * - The buyer is a business with a verified VAT number: reverse charge.
 * - Other EU buyers: the rate of their own country once the seller is in the one-stop shop, else the standard rate.
 */
export function taxRateFor(seller: SellerTax, buyer: BillingIdentity): TaxRate {
  if (seller.vatNumber === '') return seller.noTax;
  const place = vatPlaceOf(buyer);
  const isOutside =
    place === 'outside' ||
    (buyer.country === seller.country &&
      seller.outsidePostcodes.some((prefix) => buyer.postcode.startsWith(prefix)));
  if (isOutside) return outsideEu;
  if (place === seller.country) return seller.standard;
  if (!Object.hasOwn(euRates, place)) return outsideEu;
  if (buyer.kind === 'business' && buyer.vatNumber !== '' && buyer.vatVerified) return reverseCharge;
  const oss = seller.ossRates?.[place];
  return oss === undefined ? seller.standard : { percent: oss, category: 'S', reason: null, country: place };
}
