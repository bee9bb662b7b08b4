import { expect, test } from 'vitest';
import { plainInvoice, type Invoice } from './schema.ts';
import { noBankLine, type Payment } from './payment-schema.ts';
import { statementOf } from './statement.ts';

const invoice = (number: string | null, date: string, total: number, over: Partial<Invoice> = {}) =>
  ({
    ...plainInvoice,
    id: number ?? 'draft',
    number,
    date,
    total,
    kind: 'full',
    description: '',
    ...over,
  }) as Invoice;
const payment = (invoiceId: string, day: string, amount: number) =>
  ({
    ...noBankLine,
    id: `${invoiceId} ${day}`,
    invoice: invoiceId,
    day,
    amount,
    reference: '',
  }) as Payment;

const account = {
  invoices: [
    invoice('A2026-000001', '2026-01-10', 1210),
    invoice('R2026-000001', '2026-02-05', -210, { kind: 'rectifying' }),
    invoice('A2026-000002', '2026-02-10', 500),
    invoice(null, '2026-02-11', 900),
  ],
  payments: [payment('A2026-000001', '2026-02-01', 1210), payment('A2026-000002', '2026-03-01', 290)],
};

test('a statement shows the opening balance and the balance after each invoice, correction and payment', () => {
  const { opening, entries, closing } = statementOf(account, { from: '2026-02-01', until: '2026-02-28' });
  expect(opening).toBe(1210);
  expect(entries.map(({ day, kind, amount, balance }) => [day, kind, amount, balance])).toEqual([
    ['2026-02-01', 'payment', -1210, 0],
    ['2026-02-05', 'correction', -210, -210],
    ['2026-02-10', 'invoice', 500, 290],
  ]);
  expect(closing).toBe(290);
  expect(statementOf(account, { from: '2026-03-01', until: '2026-12-31' })).toMatchObject({
    opening: 290,
    closing: 0,
  });
});

test('consecutive statements have the same entries as one statement of the whole year', () => {
  const whole = statementOf(account, { from: '2026-01-01', until: '2026-12-31' });
  const first = statementOf(account, { from: '2026-01-01', until: '2026-02-05' });
  const rest = statementOf(account, { from: '2026-02-06', until: '2026-12-31' });
  expect(rest.opening).toBe(first.closing);
  expect([...first.entries, ...rest.entries]).toEqual(whole.entries);
});
