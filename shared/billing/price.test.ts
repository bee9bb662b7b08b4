import { expect, test } from 'vitest';
import { formatMoney, parseMoney, roundHalfUp, share } from './money.ts';
import { priceOf } from './price.ts';

const choice = (key: string, choices: number[]) => ({ key, unit: '', choices, range: null });

test('a VPS of 4 vCPU, 8 GB and 30 GB costs 9.50', () => {
  const terms = [
    { option: 'vcpu', linear: 1_000_000, quadratic: 0 },
    { option: 'ram', linear: 500_000, quadratic: 0 },
    { option: 'ssd', linear: 50_000, quadratic: 0 },
  ];
  const options = [choice('vcpu', [4000]), choice('ram', [500, 8000]), choice('ssd', [30_000])];
  const chosen = [
    { key: 'vcpu', quantity: 4000 },
    { key: 'ram', quantity: 8000 },
    { key: 'ssd', quantity: 30_000 },
  ];
  expect(priceOf({ amount: 0, billingPeriod: 'month', terms }, options, chosen)).toBe(950);
});

test('storage of 100 GB costs 1.00 + 0.005 x 100^2 = 51.00', () => {
  const terms = [{ option: 'storage', linear: 0, quadratic: 5_000 }];
  const options = [
    { key: 'storage', unit: 'GB', choices: null, range: { min: 1000, max: 100_000, step: 1000 } },
  ];
  const row = { amount: 100, billingPeriod: 'month' as const, terms };
  expect(priceOf(row, options, [{ key: 'storage', quantity: 100_000 }])).toBe(5100);
  expect(() => priceOf(row, options, [{ key: 'storage', quantity: 100_500 }])).toThrow('invalid: storage');
  expect(() => priceOf(row, options, [])).toThrow('invalid: storage');
});

test('money is rounded once, half away from zero', () => {
  expect(roundHalfUp(5n, 10n)).toBe(1);
  expect(roundHalfUp(-5n, 10n)).toBe(-1);
  expect(share(500, 17, 31)).toBe(274);
});

test('amounts are parsed with a comma or a point and formatted by language', () => {
  expect(parseMoney('12,5')).toBe(1250);
  expect(parseMoney('-3')).toBe(-300);
  expect(parseMoney('1.234,00')).toBeNull();
  expect(formatMoney(123456, 'EUR', 'en')).toBe('1,234.56 €');
  expect(formatMoney(123456, 'EUR', 'es')).toBe('1.234,56 €');
});
