import fc from 'fast-check';
import { expect, test } from 'vitest';
import { backoff } from './backoff.ts';

test('each wait is twice the previous one, up to the longest', () => {
  const waits = [0, 1, 2, 3, 4, 5].map((attempt) => backoff({ attempt, first: 1_000, longest: 15_000 }));
  expect(waits).toEqual([1_000, 2_000, 4_000, 8_000, 15_000, 15_000]);
});

test('the wait is multiplied by the random factor', () => {
  expect(backoff({ attempt: 2, first: 20, longest: 500, random: 0.25 })).toBe(20);
  expect(backoff({ attempt: 9, first: 20, longest: 500, random: 0 })).toBe(0);
});

test('a wait never shrinks and never exceeds the longest, after any number of failures', () => {
  const wait = fc.integer({ min: 1, max: 86_400_000 });
  fc.assert(
    fc.property(fc.nat(5_000), wait, wait, (attempt, first, longest) => {
      const now = backoff({ attempt, first, longest });
      expect(now).toBeLessThanOrEqual(longest);
      expect(backoff({ attempt: attempt + 1, first, longest })).toBeGreaterThanOrEqual(now);
    }),
  );
});
