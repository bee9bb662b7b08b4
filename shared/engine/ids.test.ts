import { expect, test } from 'vitest';
import { idsInOrder, uuidv7 } from './ids.ts';

test('an id has the form of a UUIDv7 and contains its time', () => {
  const id = uuidv7(Date.UTC(2026, 0, 15), new Uint8Array(10).fill(255));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 15));
});

test('later ids sort later', () => {
  const random = new Uint8Array(10).fill(255);
  expect(uuidv7(1_000, random) < uuidv7(1_001, new Uint8Array(10))).toBe(true);
});

test('ids of the same millisecond sort in the order of creation, and before ids of the next millisecond', () => {
  let time = 1_000;
  let byte = 0;
  const next = idsInOrder(
    () => time,
    () => new Uint8Array(10).fill((byte += 0x7f)),
  );
  const ids = Array.from({ length: 1_000 }, next);
  time += 1;
  ids.push(next());
  expect(new Set(ids).size).toBe(1_001);
  expect(ids.toSorted()).toEqual(ids);
});
