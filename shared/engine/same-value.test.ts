import fc from 'fast-check';
import { expect, test } from 'vitest';
import { sameValue } from './same-value.ts';

/** Reference for equality of documents: the same JSON, with sorted properties. */
const asJson = (value: unknown) =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  );

const leaf = fc.constantFrom(null, true, false, 0, 1, 2, '', '1', 'a');
const { value } = fc.letrec<{ value: unknown; list: unknown[]; object: object }>((tie) => ({
  value: fc.oneof({ maxDepth: 3, withCrossShrink: true }, leaf, tie('list'), tie('object')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  // With few names and few values, two objects are often equal or nearly equal.
  object: fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.oneof(tie('value'), fc.constant(undefined)), {
    maxKeys: 3,
    noNullPrototype: true,
  }),
}));

test('two document values are equal exactly if their JSON is equal', () => {
  fc.assert(
    fc.property(value, value, (a, b) => {
      expect(sameValue(a, b)).toBe(asJson(a) === asJson(b));
      expect(sameValue(b, a)).toBe(sameValue(a, b));
    }),
    { numRuns: 2_000 },
  );
});

test('any JSON value equals its copy', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (a) => {
      expect(sameValue(a, JSON.parse(JSON.stringify(a)))).toBe(true);
    }),
  );
});

test('the order of properties does not matter, but the order of list items does', () => {
  expect(sameValue({ percent: 0, reason: 'x' }, { reason: 'x', percent: 0 })).toBe(true);
  expect(sameValue([3, 10], [10, 3])).toBe(false);
});

test('an undefined property equals an absent one, but null does not', () => {
  expect(sameValue({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(sameValue([{ b: undefined }], [{}])).toBe(true);
  expect(sameValue({ a: null }, {})).toBe(false);
  expect(sameValue({ a: null }, { a: undefined })).toBe(false);
  expect(sameValue(null, undefined)).toBe(false);
  expect(sameValue(undefined, undefined)).toBe(true);
});
