import { expect, test } from 'vitest';
import type { Order } from './schema.ts';
import { testId as id, testOrder as order } from './test-order.ts';
import { isMove, transitionsOf } from './transitions.ts';

const types = (before: Order, after: Order) => transitionsOf(before, after).map(({ type }) => type);
const change = { when: 'next' as const, service: id(4), options: [], amount: 900, on: '2026-02-01' };

test('nothing happened to an order that has not changed', () => {
  expect(transitionsOf(order(), order())).toEqual([]);
});

test.each([
  ['activated', { status: 'setting up' }, { status: 'active' }],
  ['suspended', {}, { status: 'suspended' }],
  ['cancelled', {}, { status: 'cancelled' }],
  ['withdrawn', {}, { status: 'cancelled', cause: 'withdrawal' }],
  ['end-scheduled', {}, { cancelsOn: '2026-02-01' }],
  ['end-undone', { cancelsOn: '2026-02-01' }, {}],
  ['change-scheduled', {}, { change }],
  ['change-undone', { change }, {}],
  ['changed', {}, { service: id(4) }],
  [
    'status-scheduled',
    {},
    { nextStatus: { on: '2026-02-01', status: 'suspended', reason: '', cause: null } },
  ],
  ['repriced', {}, { prices: [...order().prices, { from: '2026-03-01', amount: 700 }] }],
] as [string, Partial<Order>, Partial<Order>][])('%s', (type, before, after) => {
  expect(types(order(before), order({ ...before, cancelsOn: null, change: null, ...after }))).toEqual([type]);
});

test('a cancellation ends what was scheduled, so that is not listed beside it', () => {
  const before = order({ cancelsOn: '2026-02-01', change });
  const after = order({ status: 'cancelled' });
  expect(types(before, after)).toEqual(['cancelled']);
  expect(transitionsOf(before, after).every(isMove)).toBe(true);
});

test('what is scheduled for an order that is already cancelled is listed, so that the server refuses it', () => {
  const before = order({ status: 'cancelled' });
  expect(types(before, { ...before, change })).toEqual(['change-scheduled']);
  expect(types(before, { ...before, cancelsOn: '2026-02-01' })).toEqual(['end-scheduled']);
});

test('several things that happened offline are all listed', () => {
  const before = order({ status: 'setting up', prices: [] });
  const after = order({ cancelsOn: '2026-06-01' });
  expect(types(before, after)).toEqual(['repriced', 'end-scheduled', 'activated']);
});

test('a scheduled change that came true is told from an immediate one that replaced it', () => {
  const before = order({ change });
  const [asScheduled] = transitionsOf(before, order({ service: id(4), change: null }));
  expect(asScheduled).toEqual({ type: 'changed', wasScheduled: true });
  const [another] = transitionsOf(before, order({ service: id(5), change: null }));
  expect(another).toEqual({ type: 'changed', wasScheduled: false });
});

test('an added price is listed once for each day, without rows that repeat the price before', () => {
  const before = order();
  const prices = [
    ...before.prices,
    { from: '2026-02-01', amount: 600 },
    { from: '2026-02-01', amount: 700 },
    { from: '2026-03-01', amount: 700 },
  ];
  expect(transitionsOf(before, order({ prices }))).toEqual([
    { type: 'repriced', rows: [{ from: '2026-02-01', amount: 700 }] },
  ]);
});
