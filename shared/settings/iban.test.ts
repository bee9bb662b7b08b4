import { expect, test } from 'vitest';
import { isIban } from './iban.ts';

test.each([
  'ES9121000418450200051332',
  'DE89370400440532013000',
  'NO9386011117947',
  'GB29NWBK60161331926819',
])('%s is an IBAN', (iban) => {
  expect(isIban(iban)).toBe(true);
});

test.each([
  ['a wrong check digit', 'ES9221000418450200051332'],
  ['two swapped digits', 'ES9121000418450200053132'],
  ['an empty string', ''],
  ['lower case', 'es9121000418450200051332'],
  ['spaces', 'ES91 2100 0418 4502 0005 1332'],
  ['too few digits for its country, valid check digits', withCheckDigits('ES', '2100041845020005133')],
  ['too many digits for its country, valid check digits', withCheckDigits('NO', '860111179470')],
  ['an unknown country, valid check digits', withCheckDigits('XX', '21000418450200051332')],
  ['a letter where its country has digits, valid check digits', withCheckDigits('DE', '37040044A532013000')],
  ['wrong national check digits, valid IBAN check digits', withCheckDigits('ES', '21000418000200051332')],
])('%s: %s is not an IBAN', (_, iban) => {
  expect(isIban(iban)).toBe(false);
});

/** An IBAN for an account number. Its check digits are valid by ISO 13616, but it may be invalid otherwise. */
function withCheckDigits(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((each) => parseInt(each, 36)).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`;
}
