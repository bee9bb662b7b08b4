import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { previewFile } from './preview-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'preview-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const order = {
  id: 'b',
  client: 'lucia',
  currency: 'EUR',
  period: 'month',
  chargedAt: 'end',
  anchor: '2026-02-10',
  prices: [{ from: '2026-02-10', amount: 300 }],
  history: [
    { on: '2026-02-10', status: 'active' },
    { on: '2026-03-05', status: 'suspended' },
    { on: '2026-03-15', status: 'active' },
  ],
};

function writeFile(content: unknown): string {
  const path = join(folder, 'orders.json');
  writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
}

test('orders in a file are charged like stored orders, sorted by order and day, with the day each charge is due', () => {
  const other = { ...order, id: 'a', client: 'tom', chargedAt: 'start', history: order.history.slice(0, 1) };
  const path = writeFile({
    alignment: 'anniversary',
    orders: [order, other],
    charges: [{ order: 'a', from: '2026-02-10', to: '2026-03-10' }],
  });
  const charged = (id: string, client: string) => ({ order: id, client, currency: 'EUR' });
  expect(previewFile(path, '2026-04-10')).toEqual({
    charges: [
      { ...charged('a', 'tom'), from: '2026-03-10', to: '2026-04-10', amount: 300, due: '2026-03-10' },
      { ...charged('a', 'tom'), from: '2026-04-10', to: '2026-05-10', amount: 300, due: '2026-04-10' },
      { ...charged('b', 'lucia'), from: '2026-02-10', to: '2026-03-05', amount: 246, due: '2026-03-10' },
      { ...charged('b', 'lucia'), from: '2026-03-15', to: '2026-04-10', amount: 252, due: '2026-04-10' },
    ],
    held: [],
  });
});

test('an order that would be charged more than 36 times is held, and none of its charges are listed', () => {
  const path = writeFile({ alignment: 'calendar', orders: [{ ...order, chargedAt: 'start' }], charges: [] });
  expect(previewFile(path, '2030-01-01')).toEqual({
    charges: [],
    held: [{ order: 'b', reason: 'too-many-charges' }],
  });
});

test('of two prices on the same day the last one counts, in any order of days in the file', () => {
  const prices = [
    { from: '2026-03-10', amount: 700 },
    { from: '2026-02-10', amount: 100 },
    { from: '2026-02-10', amount: 200 },
  ];
  const path = writeFile({
    alignment: 'anniversary',
    orders: [{ ...order, chargedAt: 'start', prices, history: order.history.slice(0, 1) }],
    charges: [],
  });
  const amounts = previewFile(path, '2026-03-15').charges.map(({ amount }) => amount);
  expect(amounts).toEqual([200, 700]);
});

test('errors in a file name the invalid field', () => {
  const preview = (changes: object) => () =>
    previewFile(
      writeFile({ alignment: 'calendar', orders: [{ ...order, ...changes }], charges: [] }),
      '2026-04-01',
    );
  expect(preview({ anchor: '2026-02-30' })).toThrow('orders.0.anchor is not valid');
  expect(preview({ period: 'week' })).toThrow('orders.0.period is not valid');
  expect(preview({ prices: [{ from: '2026-02-10', amount: 9.5 }] })).toThrow('orders.0.prices.0.amount');
  expect(preview({ prices: [] })).toThrow('orders.0.prices is not valid');
  expect(() => previewFile(writeFile('{'), '2026-04-01')).toThrow('orders.json');
  const twice = writeFile({ alignment: 'calendar', orders: [order, order], charges: [] });
  expect(() => previewFile(twice, '2026-04-01')).toThrow('two have the same id');
});
