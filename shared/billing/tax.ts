import type { BillingIdentity } from '../collections/people.ts';
import type { TaxRate } from './totals.ts';

/** What the seller's settings say about tax. */
export type SellerTax = {
  country: string;
  vatNumber: string;
  standard: TaxRate;
  /** Used where the seller has no VAT number: 0 % with category and reason. */
  noTax: TaxRate;
  /** Postcode prefixes of the seller's country that are outside its VAT (Canary Islands, Ceuta, Melilla). */
  outsidePostcodes: readonly string[];
};

/** Members of the EU VAT area by ISO 3166 code. Source: Council Directive 2006/112/EC, article 5. */
const euCountries = new Set(
  'AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK'.split(' '),
);

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

/**
 * The rate of an invoice on its issue day. In this order: the seller without a VAT number · a buyer of the seller's
 * territory · an EU business whose VAT number was verified · other EU buyers · everybody else.
 */
export function taxRateFor(seller: SellerTax, buyer: BillingIdentity): TaxRate {
  if (seller.vatNumber === '') return seller.noTax;
  const outside =
    buyer.country === seller.country &&
    seller.outsidePostcodes.some((prefix) => buyer.postcode.startsWith(prefix));
  if (outside) return outsideEu;
  if (buyer.country === seller.country) return seller.standard;
  if (!euCountries.has(buyer.country)) return outsideEu;
  if (buyer.kind === 'business' && buyer.vatNumber !== '' && buyer.vatVerified) return reverseCharge;
  return seller.standard;
}
