import { expect, test } from 'vitest';
import { figuresOf } from './figures.ts';
import type { Payment } from '#shared/invoices/payment-schema.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import type { Order } from '#shared/orders/schema.ts';

const today = '2026-03-15';
const invoice = (over: Partial<Invoice>) =>
  ({
    number: 'A',
    kind: 'full',
    date: '2026-03-01',
    dueDate: '2026-03-06',
    total: 0,
    corrected: 0,
    paid: 0,
    lines: [],
    ...over,
  }) as unknown as Invoice;
const order = (over: Partial<Order>) =>
  ({
    id: 'o',
    service: 'vps',
    status: 'active',
    billingPeriod: 'month',
    prices: [{ from: '2026-01-01', amount: 900 }],
    ...over,
  }) as unknown as Order;
const none = { invoices: [], payments: [], orders: [] };

test('the last twelve months show issued amounts (less corrections) and collected amounts', () => {
  const invoices = [
    invoice({ total: 1_000 }),
    invoice({ kind: 'rectifying', total: -200 }),
    invoice({ date: '2025-04-30', total: 500 }),
    invoice({ date: '2025-03-31', total: 7_000 }),
    invoice({ number: null, date: null, total: 9_000 }),
  ];
  const payments = [
    { day: '2026-03-02', amount: 300 },
    { day: '2026-03-03', amount: -100 },
  ] as Payment[];
  const { months } = figuresOf({ ...none, invoices, payments }, today);
  expect(months).toHaveLength(12);
  expect(months[0]).toEqual({ month: '2025-04', issued: 500, collected: 0 });
  expect(months[9]?.month).toBe('2026-01');
  expect(months.at(-1)).toEqual({ month: '2026-03', issued: 800, collected: 200 });
});

test('recurring income is per month and skips suspended, cancelled and one-time orders', () => {
  const prices = [
    { from: '2026-01-01', amount: 1_200 },
    { from: '2026-04-01', amount: 9_999 },
  ];
  const orders = [
    order({}),
    order({ billingPeriod: 'quarter', prices }),
    order({ billingPeriod: 'year', prices }),
    order({ status: 'suspended' }),
    order({ status: 'cancelled' }),
    order({ billingPeriod: 'once' }),
  ];
  expect(figuresOf({ ...none, orders }, today).recurring).toBe(900 + 400 + 100);
});

test('the open amounts of overdue invoices are grouped by age', () => {
  const invoices = [
    invoice({ total: 1_000, dueDate: today }),
    invoice({ total: 1_000, dueDate: '2026-03-14' }),
    invoice({ total: 1_000, paid: 400, corrected: -100, dueDate: '2026-03-08' }),
    invoice({ total: 1_000, dueDate: '2026-03-07' }),
    invoice({ total: 1_000, paid: 1_000, dueDate: '2025-01-01' }),
    invoice({ total: 300, dueDate: '2025-01-01' }),
  ];
  const { overdue } = figuresOf({ ...none, invoices }, today);
  expect(overdue.map(({ amount, count }) => [amount, count])).toEqual([
    [1_500, 2],
    [1_000, 1],
    [0, 0],
    [300, 1],
  ]);
});

test('income is listed by service, largest first, with lines of no order in a group of their own', () => {
  const lines = [
    { order: 'a', amount: 100 },
    { order: 'b', amount: 500 },
    { order: null, amount: 50 },
    { order: 'a', amount: 200 },
  ] as unknown as Invoice['lines'];
  const orders = [order({ id: 'a', service: 'mail' }), order({ id: 'b', service: 'vps' })];
  const { services } = figuresOf({ ...none, invoices: [invoice({ lines })], orders }, today);
  expect(services).toEqual([
    { service: 'vps', amount: 500 },
    { service: 'mail', amount: 300 },
    { service: '', amount: 50 },
  ]);
});
