import { expect, test } from 'vitest';
import type { Fields } from '#shared/collections.ts';
import { excerptOf } from './excerpt.ts';
import { openIndex } from './search-index.ts';

const now = 1_800_000_000_000;
const document = (id: string, over: Record<string, unknown>): Fields => ({
  id,
  seq: 1,
  writtenAt: 1,
  createdAt: now,
  lastActivityAt: now,
  ...over,
});
const lucia = document('p1', {
  displayName: 'Lucía Navarro',
  username: 'lucia',
  email: 'lucia@atalaya.example',
  identity: null,
});
const shop = document('t1', { number: 1033, subject: 'Shop returns 502 at checkout', client: 'p1' });
const answer = document('m1', {
  body: 'The worker of your shop takes 70 MB.',
  authorName: 'Ana',
  ticket: 't1',
  kind: 'answer',
});

function filled() {
  const index = openIndex();
  index.put('people', [lucia]);
  index.put('tickets', [shop]);
  index.put('messages', [answer]);
  return index;
}
const found = (text: string, index = filled()) =>
  index.search(text, 10, now).map(({ collection, id }) => `${collection} ${id}`);

test.each([
  ['without accents and in any case', 'LUCIA nav', ['people p1', 'tickets t1']],
  ['by the beginning of words', 'check', ['tickets t1']],
  ['by several words, all of which are there', 'shop 502', ['tickets t1']],
  ['not if one of the words is missing', 'shop 503', []],
  ['by a number', '1033', ['tickets t1']],
  ['by a part of an address', 'atalaya', ['people p1']],
  ['in what somebody wrote', 'worker', ['messages m1']],
])('a document is found %s', (_, text, expected) => {
  expect(found(text).sort()).toEqual(expected);
});

test('a document that changes is found by what it says now', () => {
  const index = filled();
  expect(index.put('messages', [{ ...answer, body: 'Redacted', seq: 9 }])).toBe(true);
  expect(found('worker', index)).toEqual([]);
  expect(found('redacted', index)).toEqual(['messages m1']);
  expect(index.put('messages', [{ ...answer, body: 'Redacted', seq: 9 }])).toBe(false);
});

test('a deleted document, and one that the replica does not have any more, are not found', () => {
  const index = filled();
  index.put('messages', [{ ...answer, _deleted: true }]);
  index.keepOnly('tickets', new Set());
  expect([...found('worker', index), ...found('1033', index)]).toEqual([]);
  expect(found('lucia', index)).toEqual(['people p1']);
});

test('a saved index finds the same, and one that cannot be read is empty', () => {
  expect(found('worker', openIndex(filled().save()))).toEqual(['messages m1']);
  expect(openIndex(filled().save()).put('messages', [answer])).toBe(false);
  expect(openIndex('{"mini":').size()).toBe(0);
});

test('what the system noted in a thread is not searched', () => {
  const index = openIndex();
  index.put('messages', [{ ...answer, kind: 'event', body: 'Closed for good' }]);
  expect(found('closed', index)).toEqual([]);
});

test('an excerpt shows the place that was found, with the words marked', () => {
  const text = `${'Before '.repeat(30)}the Wörker of your shop\nfails ${'after '.repeat(60)}`;
  const parts = excerptOf(text, ['worker', 'shop']);
  expect(parts.filter(({ isHit }) => isHit).map((part) => part.text)).toEqual(['Wörker', 'shop']);
  const whole = parts.map((part) => part.text).join('');
  expect(whole).toMatch(/^…Before .*the Wörker of your shop fails after .*…$/);
  expect(whole.length).toBeLessThan(170);
});
