import { expect, test } from 'vitest';
import { anyEmail } from './account-input.ts';
import { canonicalEmail } from './email-address.ts';

test.each([
  ['Ana@Mail.Example', 'ana@mail.example'],
  ['ana@MÜNCHEN.example', 'ana@xn--mnchen-3ya.example'],
  ['ana@xn--mnchen-3ya.example', 'ana@xn--mnchen-3ya.example'],
  [' smith&sons@mail.example ', 'smith&sons@mail.example'],
  ['no address', 'no address'],
  ['ana@a/b', 'ana@a/b'],
  ['@mail.example', '@mail.example'],
])('the canonical form of %s is %s', (address, expected) => {
  expect(canonicalEmail(address)).toBe(expected);
  expect(canonicalEmail(canonicalEmail(address))).toBe(expected);
});

test('the address of an account may have an & and a domain in Unicode', () => {
  for (const address of ['smith&sons@mail.example', 'ana@münchen.example', "o'neill+x@mail.example"]) {
    expect(anyEmail.safeParse(address)).toMatchObject({ success: true });
  }
  for (const address of ['no address', 'a@b', 'a b@mail.example', 'a@mail.example>', '"a"@mail.example']) {
    expect(anyEmail.safeParse(address).success, address).toBe(false);
  }
});
