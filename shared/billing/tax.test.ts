import { expect, test } from 'vitest';
import type { BillingIdentity } from './billing-identity.ts';
import { taxRateFor, type SellerTax } from './tax.ts';
import { totalsOf } from '../invoices/totals.ts';

const standard = { percent: 2100, category: 'S' as const, reason: null };
const noTax = { percent: 0, category: 'E' as const, reason: { en: 'Exempt', es: 'Exento' } };
const seller: SellerTax = {
  country: 'ES',
  vatNumber: 'ES12345678Z',
  standard,
  noTax,
  outsidePostcodes: ['35', '38', '51', '52'],
  ossRates: null,
};
const buyer: BillingIdentity = {
  kind: 'business',
  legalName: 'Librería Atalaya SL',
  street: 'Calle Mayor 1',
  postcode: '28013',
  city: 'Madrid',
  country: 'ES',
  taxNumber: 'B12345674',
  vatNumber: '',
  vatVerified: null,
};

test.each([
  ['in Spain', {}, 'S'],
  ['in the Canary Islands', { postcode: '35001' }, 'O'],
  ['EU business, number only typed', { country: 'DE', vatNumber: 'DE123456789' }, 'S'],
  [
    'EU business, number verified',
    { country: 'DE', vatNumber: 'DE123456789', vatVerified: { on: '2026-01-01', reference: 'x' } },
    'AE',
  ],
  ['EU person', { country: 'FR', kind: 'person' as const }, 'S'],
  ['outside the EU', { country: 'US' }, 'O'],
])('the tax of a buyer %s', (_, over, category) => {
  expect(taxRateFor(seller, { ...buyer, ...over }).category).toBe(category);
});

test('in the one-stop shop, buyers in other EU countries pay their own country’s rate, but verified businesses pay none', () => {
  const inOss = { ...seller, ossRates: { FR: 2000, FI: 2550 } };
  const finnishBuyer = { ...buyer, kind: 'person' as const, country: 'FI' };
  expect(taxRateFor(inOss, finnishBuyer)).toMatchObject({ percent: 2550, category: 'S', country: 'FI' });
  expect(taxRateFor(seller, finnishBuyer).percent).toBe(2100);
  const verified = { vatNumber: 'FI1234567', vatVerified: { on: '2026-01-01', reference: 'x' } };
  expect(taxRateFor(inOss, { ...finnishBuyer, kind: 'business', ...verified }).category).toBe('AE');
  expect(taxRateFor(inOss, buyer)).toBe(standard);
  expect(taxRateFor(inOss, { ...finnishBuyer, country: 'US' }).category).toBe('O');
});

test('a seller without a VAT number charges no tax and states the reason', () => {
  expect(taxRateFor({ ...seller, vatNumber: '' }, buyer)).toBe(noTax);
});

test('tax is rounded once per rate, not once per line', () => {
  const line = {
    order: null,
    orderNumber: null,
    from: null,
    to: null,
    text: 'x',
    quantity: 1,
    unitPrice: 102,
    amount: 102,
    tax: standard,
  };
  // 3 x 1.02 = 3.06 and 21 % of it is 0.6426. Rounded per line it would be 3 x 0.21 = 0.63.
  expect(totalsOf([line, line, line])).toMatchObject({ net: 306, tax: 64, total: 370 });
});
