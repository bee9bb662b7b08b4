import { expect, test } from 'vitest';
import { currentOf } from './payment-state.ts';
import type { Payment } from '#shared/invoices/payment-schema.ts';
import type { Invoice } from '#shared/invoices/schema.ts';

const invoice = {
  kind: 'full',
  total: 1150,
  corrected: 0,
  paid: 0,
  status: 'unpaid',
  dueDate: '2026-11-10',
} as Invoice;
const payment = (amount: number) => ({ amount }) as Payment;

test('a payment booked offline counts at once', () => {
  expect(currentOf(invoice, [payment(1150)], '2026-11-05')).toEqual({ open: 0, state: 'paid' });
  expect(currentOf(invoice, [payment(150)], '2026-11-05')).toEqual({ open: 1000, state: 'part paid' });
});

test('an unpaid invoice is overdue after its due date, and a draft owes nothing', () => {
  expect(currentOf(invoice, [], '2026-11-10').state).toBe('unpaid');
  expect(currentOf(invoice, [], '2026-11-11').state).toBe('overdue');
  expect(currentOf({ ...invoice, status: 'draft' }, [], '2026-11-11')).toEqual({ open: 0, state: 'draft' });
});

test('a corrected amount is not owed, and an overpayment belongs to the client', () => {
  expect(currentOf({ ...invoice, corrected: -150 }, [], '2026-11-05')).toEqual({
    open: 1000,
    state: 'unpaid',
  });
  const paid = { ...invoice, paid: 1150, corrected: -150 };
  expect(currentOf(paid, [], '2026-11-11')).toEqual({ open: -150, state: 'paid' });
});
