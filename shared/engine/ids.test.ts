import { expect, test } from 'vitest';
import { idsInOrder, uuidv7 } from './ids.ts';

test('an id has the form of a UUIDv7 and carries its time', () => {
  const id = uuidv7(Date.UTC(2026, 0, 15), new Uint8Array(10).fill(255));
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  expect(parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(Date.UTC(2026, 0, 15));
});

test('ids made later sort later', () => {
  const random = new Uint8Array(10).fill(255);
  expect(uuidv7(1_000, random) < uuidv7(1_001, new Uint8Array(10))).toBe(true);
});

test('ids of one millisecond sort in the order they were made in, and a new millisecond begins anew', () => {
  let time = 1_000;
  let filled = 0;
  const next = idsInOrder(
    () => time,
    () => new Uint8Array(10).fill((filled += 0x7f)),
  );
  const made = Array.from({ length: 1_000 }, next);
  time += 1;
  made.push(next());
  expect(new Set(made).size).toBe(1_001);
  expect(made.toSorted()).toEqual(made);
});
