import { expect, test } from 'vitest';
import { isBounded } from './json-body.ts';

test.each([
  [
    'a push',
    JSON.stringify({ rows: [{ base: null, next: { id: 'x', options: [{ key: 'ram', quantity: 1 }] } }] }),
  ],
  [
    'brackets and quotation marks in a text',
    JSON.stringify({ body: `${'[{'.repeat(5_000)}\\"${',:'.repeat(90_000)}` }),
  ],
  ['a text that ends with a backslash', JSON.stringify({ body: '\\', next: '['.repeat(100) })],
  ['no JSON', 'hello'],
])('%s is let through', (_, text) => {
  expect(isBounded(text)).toBe(true);
});

test.each([
  ['a million levels', '['.repeat(1_000_000)],
  ['levels of objects', `${'{"a":'.repeat(30)}1${'}'.repeat(30)}`],
  ['90,000 keys', JSON.stringify(Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`k${i}`, 1])))],
  ['half a million values', `[${'1,'.repeat(500_000)}1]`],
])('ASVS 15.2.2 %s are refused, before anything walks through them', (_, text) => {
  expect(isBounded(text)).toBe(false);
});
