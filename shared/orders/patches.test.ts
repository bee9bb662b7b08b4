import { expect, test } from 'vitest';
import * as patches from './patches.ts';
import type { Order } from './schema.ts';
import { transitionsOf } from './transitions.ts';
import { testOrder as order } from './test-order.ts';
import { withdrawalRefusal } from './withdrawal.ts';
import { changeRefusal } from './change.ts';

const nextStatus = { on: '2026-03-01', status: 'suspended', reason: '', cause: null } as const;
const change = { when: 'next', service: order().service, options: [], amount: 900 } as const;

test.each<[string, Order, Partial<Order>]>([
  ['cancelled', order(), patches.cancel()],
  ['withdrawn', order(), patches.withdraw()],
  ['suspended', order(), patches.setStatus('suspended', { reason: 'abuse' })],
  ['status-scheduled', order(), patches.scheduleStatus(nextStatus)],
  ['end-scheduled', order(), patches.scheduleEnd('2026-02-01')],
  ['change-scheduled', order(), patches.requestChange({ ...change, options: [] })],
  ['repriced', order(), patches.addPrice(order(), { from: '2026-02-01', amount: 700 })],
  ['end-undone', order({ cancelsOn: '2026-02-01' }), patches.undoScheduled('cancelsOn')],
  ['status-unscheduled', order({ nextStatus }), patches.undoScheduled('nextStatus')],
])('the patch is the transition: %s', (type, before, patch) => {
  expect(transitionsOf(before, { ...before, ...patch }).map((each) => each.type)).toEqual([type]);
});

test('an end that staff sets drops a status scheduled for its day or later, and keeps an earlier one', () => {
  const scheduled = order({ nextStatus });
  expect(patches.scheduleEndByStaff(scheduled, '2026-03-01')).toEqual({
    cancelsOn: '2026-03-01',
    nextStatus: null,
  });
  expect(patches.scheduleEndByStaff(scheduled, '2026-03-02')).toEqual({ cancelsOn: '2026-03-02' });
});

test('a client undoes only their own end, and staff undoes both', () => {
  const { client, id: other } = order();
  expect(patches.mayUndoEnd(order({ endsBy: 'staff' }), client)).toBe(false);
  expect(patches.mayUndoEnd(order({ endsBy: 'client' }), client)).toBe(true);
  expect(patches.mayUndoEnd(order({ endsBy: 'staff' }), other)).toBe(true);
});

test.each([
  [null, {}],
  [null, { status: 'setting up' }],
  ['status', { status: 'suspended' }],
  ['status', { status: 'cancelled' }],
  ['ends', { cancelsOn: '2026-02-01' }],
  [null, { billingPeriod: 'once' }],
  ['once', { billingPeriod: 'once', anchor: '2026-01-01' }],
] as [string | null, Partial<Order>][])('a change is refused with %s for %j', (refusal, fields) => {
  expect(changeRefusal(order(fields))).toBe(refusal);
});

test('a consumer may withdraw up to the fourteenth day after the order, a business never', () => {
  const ordered = order({ orderedOn: '2026-01-01' });
  expect(withdrawalRefusal(ordered, { kind: 'person' }, '2026-01-15')).toBeNull();
  expect(withdrawalRefusal(ordered, null, '2026-01-15')).toBeNull();
  expect(withdrawalRefusal(ordered, { kind: 'person' }, '2026-01-16')).toBe('too-late');
  expect(withdrawalRefusal(ordered, { kind: 'business' }, '2026-01-02')).toBe('business');
});
