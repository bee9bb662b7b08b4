import { expect, test } from 'vitest';
import { guarded } from './guarded.ts';

test('a result and an error pass through', async () => {
  expect(await guarded(() => Promise.resolve(5), 1_000)).toBe(5);
  await expect(guarded(() => Promise.reject(new Error('no')), 1_000)).rejects.toThrow('no');
});

test('work that never ends is given up after its time', async () => {
  await expect(guarded(() => new Promise(() => undefined), 20)).rejects.toThrow(
    'it took longer than 0.02 seconds',
  );
});
