import { expect, test } from 'vitest';
import { cleanTaxNumber, isSpanishTaxNumber, wrongNumber } from './tax-number.ts';

test.each([
  '12345678Z',
  '00000000T',
  'X1234567L',
  'Y1234567X',
  'Z1234567R',
  'B12345674',
  'A58818501',
  'Q2826000H',
  'G28667152',
])('%s is a Spanish tax number', (number) => {
  expect(isSpanishTaxNumber(number)).toBe(true);
});

test.each([
  '12345678A',
  'X1234567X',
  'B12345678',
  'Q28260008',
  '@SUM(1)',
  'SUM1',
  '',
  '1234567Z',
  'B1234567',
])('%s is none', (number) => {
  expect(isSpanishTaxNumber(number)).toBe(false);
});

test('a number is stored without separators, and a Spanish VAT number is the tax number', () => {
  expect(cleanTaxNumber(' 12.345.678-z', 'ES')).toBe('12345678Z');
  expect(cleanTaxNumber('ESB12345674', 'ES')).toBe('B12345674');
  expect(cleanTaxNumber('hrb 123/4', 'DE')).toBe('HRB 123/4');
  const spanish = { country: 'ES', taxNumber: 'B12345674' };
  expect(wrongNumber({ ...spanish, vatNumber: '' })).toBeNull();
  expect(wrongNumber({ ...spanish, vatNumber: 'ESB12345674' })).toBeNull();
  expect(wrongNumber({ ...spanish, vatNumber: 'ESA58818501' })).toBe('vatNumber');
  expect(wrongNumber({ country: 'ES', taxNumber: '@SUM(1)', vatNumber: '' })).toBe('taxNumber');
  expect(wrongNumber({ country: 'DE', taxNumber: '=1+1', vatNumber: '' })).toBe('taxNumber');
  expect(wrongNumber({ country: 'GR', taxNumber: '', vatNumber: 'EL123456789' })).toBeNull();
  expect(wrongNumber({ country: 'DE', taxNumber: '', vatNumber: '123456789' })).toBe('vatNumber');
});
