import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBooks, type Books } from '../test/books.ts';
import { createOrder, createPerson, pushTo } from '../test/test-server.ts';
import { verifyInvoices } from './verify.ts';
import { noBankLine } from '#shared/invoices/payment-schema.ts';
import type { Invoice } from '#shared/invoices/schema.ts';
import { billOn } from '../test/bill-on.ts';

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});
afterEach(() => books.close());

async function bill(since: string, amount: number, client = books.client): Promise<Invoice> {
  const { server } = books.database;
  await createOrder(server, client, { since, amount, billingPeriod: 'once' });
  await billOn(server, since);
  const invoice = (await books.invoices()).find(({ date, client: of }) => date === since && of === client);
  if (!invoice) throw new Error('nothing was billed');
  return invoice;
}

function book(invoice: Invoice, amount: number, source: 'hand' | 'credit') {
  const method = source === 'credit' ? 'credit' : 'transfer';
  return pushTo(books.ines.api, 'payments', [
    {
      base: null,
      next: {
        id: books.database.server.newId(),
        invoice: invoice.id,
        client: invoice.client,
        amount,
        day: '2026-03-05',
        method,
        source,
        reference: '',
        bookedBy: books.ines.me.id,
        createdAt: 1,
        updatedAt: 1,
        writtenAt: 1,
        seq: 0,
        _deleted: false,
        ...noBankLine,
      },
    },
  ]);
}

const current = async (invoice: Invoice) => (await books.invoices()).find(({ id }) => id === invoice.id);

test('overpaid amounts pay another invoice, the oldest first, each once, and no more than there is', async () => {
  const first = await bill('2026-03-01', 1000); // 12.10 with tax
  const second = await bill('2026-03-02', 2000); // 24.20
  const third = await bill('2026-03-03', 5000); // 60.50
  await book(first, 2000, 'hand'); // 7.90 too much
  await book(second, 3000, 'hand'); // 5.80 too much
  expect((await book(third, 1371, 'credit')).refusals).toMatchObject([
    { code: 'no-credit', field: 'amount', detail: '13.70 €' },
  ]);
  expect((await book(third, 1000, 'credit')).refusals).toEqual([]);
  expect(await current(first)).toMatchObject({ paid: 1210, status: 'paid' });
  expect(await current(second)).toMatchObject({ paid: 2420 + 370, status: 'paid' });
  expect(await current(third)).toMatchObject({ paid: 1000, status: 'part paid' });
  expect((await book(third, 371, 'credit')).refusals).toMatchObject([{ code: 'no-credit' }]);
  expect((await book(third, 370, 'credit')).refusals).toEqual([]);
  const rows = await books.database.server.models.payments.findAll({ raw: true });
  expect((rows as unknown as { amount: string }[]).reduce((sum, { amount }) => sum + Number(amount), 0)).toBe(
    5000,
  );
  await verifyInvoices(books.database.server);
});

test('undoing a use of credit returns it to the invoices it came from, and no more than was used', async () => {
  const first = await bill('2026-03-01', 1000);
  const second = await bill('2026-03-02', 2000);
  const third = await bill('2026-03-03', 5000);
  await book(first, 2000, 'hand');
  await book(second, 3000, 'hand');
  await book(third, 1000, 'credit');
  expect((await book(third, -1001, 'credit')).refusals).toMatchObject([
    { code: 'no-credit', detail: '10.00 €' },
  ]);
  expect((await book(third, -1000, 'credit')).refusals).toEqual([]);
  expect(await current(first)).toMatchObject({ paid: 2000 });
  expect(await current(second)).toMatchObject({ paid: 3000 });
  expect(await current(third)).toMatchObject({ paid: 0, status: 'unpaid' });
  // The credit can be used again, for another invoice.
  const fourth = await bill('2026-03-04', 1000);
  expect((await book(fourth, 1210, 'credit')).refusals).toEqual([]);
  expect(await current(fourth)).toMatchObject({ status: 'paid' });
  await verifyInvoices(books.database.server);
});

test('credit that is used and returned twice goes back to the right invoice each time', async () => {
  const first = await bill('2026-03-01', 1000);
  const second = await bill('2026-03-02', 2000);
  const third = await bill('2026-03-03', 5000);
  await book(first, 2000, 'hand');
  await book(third, 500, 'credit');
  await book(third, -500, 'credit');
  await book(first, -790, 'hand'); // the overpaid amount is paid back
  await book(second, 3000, 'hand');
  expect((await book(third, 500, 'credit')).refusals).toEqual([]);
  expect((await book(third, -500, 'credit')).refusals).toEqual([]);
  expect(await current(first)).toMatchObject({ paid: 1210 });
  expect(await current(second)).toMatchObject({ paid: 3000 });
  expect(await current(third)).toMatchObject({ paid: 0 });
});

test('credit of one client cannot pay for another client, and unused credit cannot be undone', async () => {
  const { id: tom } = await createPerson(books.database.server, 'tom', 'client');
  const tomsInvoice = await bill('2026-03-01', 1000, tom);
  await book(tomsInvoice, 9000, 'hand');
  const luciasInvoice = await bill('2026-03-02', 1000);
  expect((await book(luciasInvoice, 100, 'credit')).refusals).toMatchObject([{ code: 'no-credit' }]);
  expect((await book(luciasInvoice, -100, 'credit')).refusals).toMatchObject([{ code: 'no-credit' }]);
});
