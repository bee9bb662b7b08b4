import { afterEach, beforeEach, expect, test } from 'vitest';
import { plainInvoice, type Invoice } from '#shared/invoices/schema.ts';
import { openOf } from '#shared/invoices/balance.ts';
import { takenBack } from '#shared/invoices/corrections.ts';

import { billOn } from '../test/bill-on.ts';
import { openBooks, type Books } from '../test/books.ts';
import { createOrder, createPerson, pullFrom, pushTo, signIn, type SignedIn } from '../test/test-server.ts';

/* What goes back never exceeds what is held, whoever books it, and whenever it arrives. */

let books: Books;
let other: SignedIn;
beforeEach(async () => {
  books = await openBooks();
  await createPerson(books.database.server, 'iker', 'accountant');
  other = await signIn(books.app.url, 'iker');
});
afterEach(() => books.close());

async function issued(): Promise<Invoice> {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-03-01', amount: 10_000 });
  await billOn(server, '2026-03-01');
  return now();
}
async function now(): Promise<Invoice> {
  const found = (await books.invoices()).find(({ kind }) => kind !== 'rectifying');
  if (!found) throw new Error('nothing was billed');
  return found;
}

async function book(by: SignedIn, { id, client }: Invoice, amount: number, day = '2026-03-02') {
  const next = { id: books.database.server.newId(), invoice: id, client, day, amount, method: 'transfer' };
  const answer = await pushTo(by.api, 'payments', [{ base: null, next: { ...next, writtenAt: Date.now() } }]);
  return answer.refusals.map(({ code, field, detail }) => [code, field, detail].filter(Boolean).join(' '));
}

/** Corrects the whole invoice, so that it is void. */
async function correct(invoice: Invoice): Promise<void> {
  const id = books.database.server.newId();
  const lines = invoice.lines.map((line) => takenBack(line));
  const rest = { client: invoice.client, status: 'draft', corrects: invoice.id, reason: 'agreed', lines };
  const next = { ...plainInvoice, ...rest, id, createdAt: 1, updatedAt: 1, writtenAt: 1, seq: 0 };
  await pushTo(books.ines.api, 'invoices', [{ base: null, next }]);
  const { documents } = await pullFrom(books.ines.api, 'invoices');
  const base = documents.find((each) => each.id === id);
  if (!base) throw new Error('the correction was refused');
  await pushTo(books.ines.api, 'invoices', [
    { base, next: { ...base, status: 'unpaid', approvedTotal: base['total'] } },
  ]);
}

test('of two refunds of one void invoice that were booked offline, one is accepted', async () => {
  const invoice = await issued();
  expect(await book(books.ines, invoice, 12_100)).toEqual([]);
  await correct(invoice);
  expect(await now()).toMatchObject({ status: 'void', paid: 12_100 });
  expect(await book(books.ines, invoice, -12_100)).toEqual([]);
  expect(await book(other, invoice, -12_100)).toEqual(['exceeds-held amount 0.00 €']);
  expect(openOf(await now())).toBe(0);
});

test('nothing goes back of an invoice for which nothing is held, nor of a rectifying one', async () => {
  const invoice = await issued();
  expect(await book(books.ines, invoice, -500)).toEqual(['exceeds-held amount 0.00 €']);
  await book(books.ines, invoice, 1_000);
  expect(await book(books.ines, invoice, -1_001)).toEqual(['exceeds-held amount 10.00 €']);
  expect(await book(books.ines, invoice, -1_000)).toEqual([]);
  await correct(invoice);
  const rectifying = (await books.invoices()).find(({ kind }) => kind === 'rectifying');
  if (!rectifying) throw new Error('it was not corrected');
  expect(await book(books.ines, rectifying, -12_100)).toEqual(['exceeds-held amount 0.00 €']);
});

test('a payment lies between the first invoice and tomorrow', async () => {
  const invoice = await issued();
  expect(await book(books.ines, invoice, 100, '1990-01-01')).toEqual(['invalid day 2026-03-01']);
  expect(await book(books.ines, invoice, 100, '2099-01-01')).toEqual(['invalid day future']);
  expect(await book(books.ines, invoice, 100, '2026-03-01')).toEqual([]);
});
