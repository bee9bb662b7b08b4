import { afterEach, beforeEach, expect, test } from 'vitest';
import { priceOf } from '#shared/billing/price.ts';
import { findDocuments } from '#sync/server/row.ts';
import { readStoredFile } from '../files/stored-files.ts';
import { setLogo } from '../settings/logo.ts';
import { saveSettings, storedSettings } from '../settings/settings.ts';
import { openBooks, type Books } from '../test/books.ts';
import { pdfText } from '../test/pdf-text.ts';
import { createOrder, createPerson, madrid, system } from '../test/test-server.ts';
import { drawInvoices } from './pdf/draw-invoices.ts';
import { drawPdf } from './pdf/draw-pdf.ts';
import { invoicePdf } from './pdf/invoice-pdf.ts';
import { removeDraft } from './remove-draft.ts';
import { transact } from '../context.ts';
import { type Invoice, invoices } from '#shared/invoices/schema.ts';
import { people } from '#shared/people/schema.ts';
import { services } from '#shared/services/schema.ts';
import { billOn } from '../test/bill-on.ts';

/* Money mistakes of the original application, and a test that issued invoices never change. */

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});
afterEach(() => books.close());

const lines = async () =>
  (await books.invoices())
    .toSorted((a, b) => ((a.date ?? '') < (b.date ?? '') ? -1 : 1))
    .flatMap((invoice) => invoice.lines.map(({ from, to, amount }) => [from, to, amount]));

async function fileOf({ pdfHash }: Invoice): Promise<Buffer> {
  const file = await readStoredFile(books.database.server, pdfHash ?? '');
  if (!file) throw new Error('no PDF');
  return file.bytes;
}

test('original: a second run bills again. Now it finds nothing to bill, even when two runs are concurrent', async () => {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-03-01', amount: 1000 });
  await Promise.all([billOn(server, '2026-03-01'), billOn(server, '2026-03-01')]);
  await billOn(server, '2026-03-01');
  expect(await books.invoices()).toHaveLength(1);
});

test('original: a full month billed 96.67 % in 30-day months, 90 % in February. Now a full month costs its price', async () => {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-02-01', amount: 1000, alignment: 'calendar' });
  for (const day of ['2026-02-01', '2026-03-01', '2026-04-01']) await billOn(server, day);
  expect(await lines()).toEqual([
    ['2026-02-01', '2026-03-01', 1000],
    ['2026-03-01', '2026-04-01', 1000],
    ['2026-04-01', '2026-05-01', 1000],
  ]);
});

test('original: 6 €/y billed as 6 per month, 1 + 0.005*GB^2 as 0. Now a year is billed once and the formula is computed', async () => {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-01-01', amount: 600, billingPeriod: 'year' });
  for (const month of ['01', '02', '06', '12']) await billOn(server, `2026-${month}-01`);
  expect(await lines()).toEqual([['2026-01-01', '2027-01-01', 600]]);
  const storage = (await findDocuments(server, services)).find(({ prices }) =>
    prices.some(({ terms }) => terms.some(({ quadratic }) => quadratic > 0)),
  );
  const [row] = storage?.prices ?? [];
  const [option] = storage?.options ?? [];
  if (!storage || !row || !option)
    throw new Error('the catalogue has a service whose price grows by the square');
  const price = priceOf(row, storage.options, [{ key: option.key, quantity: 100_000 }]);
  expect(price).toBe(5100);
});

test('original: numbers guessed from AUTO_INCREMENT, deletes leave gaps. Now drafts have no number and removing one leaves no gap', async () => {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-03-01', amount: 1000 });
  await billOn(server, '2026-03-01');
  const [issued] = await books.invoices();
  const id = server.newId();
  await transact(server, system(server), (tx) =>
    tx.create(invoices, {
      ...(issued as Invoice),
      id,
      number: null,
      date: null,
      dueDate: null,
      status: 'draft',
      pdfHash: null,
    }),
  );
  const ines = { id: books.ines.me.id, role: 'accountant' as const, name: 'ines' };
  await removeDraft(server, ines, id);
  await billOn(server, '2026-04-01');
  expect((await books.invoices()).map(({ number }) => number).toSorted()).toEqual([
    'A2026-000001',
    'A2026-000002',
  ]);
});

test('original: tax row prints the subtotal, due date = issue date. Now the row prints the tax and the due date is five business days later', async () => {
  const { server } = books.database;
  await createOrder(server, books.client, { since: '2026-03-02', amount: 1000 });
  await billOn(server, '2026-03-02'); // a Monday
  await drawInvoices(server);
  const [invoice] = await books.invoices();
  expect(invoice).toMatchObject({ date: '2026-03-02', dueDate: '2026-03-09', tax: 210, net: 1000 });
  const text = await pdfText(await fileOf(invoice as Invoice));
  expect(text).toMatch(/VAT 21 % of €?10\.00 ?€? €?2\.10/);
});

test('an issued invoice stays the same, byte for byte, when client, seller, tax, account, texts or logo change', async () => {
  const { server } = books.database;
  const { id } = await createPerson(server, 'arturo', 'admin');
  const arturo = { id, role: 'admin' as const, name: 'arturo' };
  await createOrder(server, books.client, { since: '2026-03-01', amount: 1000 });
  await billOn(server, '2026-03-01');
  await drawInvoices(server);
  const [before] = await books.invoices();
  if (!before) throw new Error('nothing was billed');
  const bytes = await fileOf(before);

  const { settings, version } = await storedSettings(server);
  await saveSettings(server, arturo, {
    version,
    settings: {
      ...settings,
      name: 'Another',
      seller: { ...settings.seller, name: 'Another SL', street: 'Calle Otra 1', taxNumber: 'B99999999' },
      standardRate: { percent: 1000, category: 'S', reason: null },
      iban: 'DE89370400440532013000',
      paymentText: { en: 'Pay at once.', es: 'Pague ya.' },
      dueBusinessDays: 30,
    },
  });
  await setLogo(server, arturo, onePixel);
  await transact(server, system(server), async (tx) => {
    const person = await tx.load(people, books.client);
    if (person)
      await tx.update(people, person, {
        language: 'es',
        displayName: 'Lucía',
        identity: { ...madrid, legalName: 'Otra SL', country: 'FR' },
      });
  });

  const [after] = await books.invoices();
  expect(after).toEqual(before);
  expect(await fileOf(before)).toEqual(bytes);
  // A PDF drawn only now is also the same, because it is drawn from the frozen row alone.
  expect(await drawPdf(invoicePdf(before, null))).toEqual(bytes);
});

/** A PNG of one opaque pixel, as base64. */
const onePixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC';
