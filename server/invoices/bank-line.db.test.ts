import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBooks, type Books } from '../test/books.ts';
import { createOrder, pushTo } from '../test/test-server.ts';
import { verifyInvoices } from './verify.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import { billOn } from '../test/bill-on.ts';

let books: Books;
let database: Books['database'];
let ines: Books['ines'];
let client: string;
beforeEach(async () => {
  books = await openBooks();
  ({ database, ines, client } = books);
});
afterEach(() => books.close());

const invoices = () => books.invoices();

test('a bank statement line pays each invoice once, and all of them no more than its amount', async () => {
  const { server } = database;
  await createOrder(server, client, { since: '2026-03-01', amount: 1_250 });
  await billOn(server, '2026-03-01');
  const [first] = await invoices();
  if (!first) throw new Error('nothing was billed');
  await createOrder(server, client, { since: '2026-04-02', amount: 1_000 });
  await billOn(server, '2026-04-02');
  const others = (await invoices()).filter(({ id, status }) => id !== first.id && status === 'unpaid');
  const [second] = others;
  if (!second) throw new Error('two invoices');
  const line = { bankLine: 'a'.repeat(64), bankAmount: 2_000, source: 'statement' };
  const book = (invoice: Invoice, amount: number, overrides: object = {}) =>
    pushTo(ines.api, 'payments', [
      {
        base: null,
        next: {
          id: server.newId(),
          invoice: invoice.id,
          client,
          day: '2026-04-03',
          amount,
          method: 'transfer',
          reference: '',
          createdAt: 1,
          updatedAt: 1,
          writtenAt: 1,
          seq: 0,
          bookedBy: null,
          ...line,
          ...overrides,
        },
      },
    ]);
  expect((await book(first, 1_513)).refusals).toEqual([]);
  expect((await book(first, 100)).refusals).toMatchObject([{ code: 'already-paid' }]);
  expect((await book(second, 500)).refusals, 'more than is left of the line').toMatchObject([
    { code: 'line-booked', field: 'bankLine' },
  ]);
  expect((await book(second, 487, { bankAmount: 9_000 })).refusals).toMatchObject([{ code: 'line-booked' }]);
  expect((await book(second, 487, { source: 'hand' })).refusals).toMatchObject([{ code: 'invalid' }]);
  expect((await book(second, 400)).refusals).toEqual([]);
  expect((await book(second, 87)).refusals, 'the same invoice again').toMatchObject([
    { code: 'line-booked' },
  ]);
  await verifyInvoices(server);
});
