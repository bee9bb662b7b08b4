import { expect, test } from 'vitest';
import { countries } from './countries.ts';
import { taxRateFor, type SellerTax } from './tax.ts';
import { vatPlaceOf } from './territories.ts';

const seller: SellerTax = {
  country: 'ES',
  vatNumber: 'ESB12345674',
  standard: { percent: 2100, category: 'S', reason: null },
  noTax: { percent: 0, category: 'E', reason: { en: 'x', es: 'x' } },
  outsidePostcodes: ['35', '38', '51', '52'],
  ossRates: { FR: 2000, GR: 2400, DE: 1900, FI: 2550, IT: 2200 },
};
const buyer = (country: string, postcode: string) => ({
  kind: 'person' as const,
  legalName: 'X',
  street: 'X',
  postcode,
  city: 'X',
  country,
  taxNumber: '',
  vatNumber: '',
  vatVerified: null,
});

test.each([
  ['Monaco is France', 'MC', '98000', 2000],
  ['Greece', 'GR', '105 57', 2400],
  ['Mount Athos', 'GR', '630 86', 0],
  ['Paris', 'FR', '75001', 2000],
  ['Guadeloupe in a French address', 'FR', '97110', 0],
  ['Guadeloupe', 'GP', '97110', 0],
  ['the Canary Islands', 'ES', '35001', 0],
  ['Madrid', 'ES', '28001', 2100],
  ['Helsinki', 'FI', '00100', 2550],
  ['Åland in a Finnish address', 'FI', '22100', 0],
  ['Büsingen', 'DE', 'D-78266', 0],
  ['Konstanz', 'DE', '78462', 1900],
  ['Heligoland', 'DE', '27498', 0],
  ['Livigno', 'IT', '23041', 0],
  ['Milan', 'IT', '20121', 2200],
  ['Northern Ireland: services are as in Great Britain', 'GB', 'BT1 1AA', 0],
])('%s', (_, country, postcode, percent) => {
  expect(taxRateFor(seller, buyer(country, postcode)).percent).toBe(percent);
});

test('a seller of another country sees the Canary Islands outside too', () => {
  expect(vatPlaceOf({ country: 'ES', postcode: '38001' })).toBe('outside');
});

test('the countries are those of ISO 3166, not those of VAT numbers or of typing errors', () => {
  expect(countries).toHaveLength(249);
  for (const wrong of ['SP', 'UK', 'EL', 'XI', 'XX', 'AU2']) expect(countries).not.toContain(wrong);
  for (const known of ['ES', 'GR', 'GB', 'MC']) expect(countries).toContain(known);
});
