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
  ['two digits exchanged', 'ES9121000418450200053132'],
  ['nothing', ''],
  ['lower case', 'es9121000418450200051332'],
  ['spaces', 'ES91 2100 0418 4502 0005 1332'],
  ['fewer digits than its country has, the check digits right', withCheckDigits('ES', '2100041845020005133')],
  ['more digits than its country has, the check digits right', withCheckDigits('NO', '860111179470')],
  ['a country that is none, the check digits right', withCheckDigits('XX', '21000418450200051332')],
  [
    'an e-mail where its country has digits, the check digits right',
    withCheckDigits('DE', '37040044A532013000'),
  ],
  ['wrong check digits inside, those of the IBAN right', withCheckDigits('ES', '21000418000200051332')],
])('%s: %s is no IBAN', (_, iban) => {
  expect(isIban(iban)).toBe(false);
});

/** The IBAN of an account number, right by ISO 13616 and maybe by nothing else. */
function withCheckDigits(country: string, account: string): string {
  const digits = [...`${account}${country}00`].map((each) => parseInt(each, 36)).join('');
  return `${country}${String(98n - (BigInt(digits) % 97n)).padStart(2, '0')}${account}`;
}
