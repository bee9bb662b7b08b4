import { afterEach, beforeEach, expect, test } from 'vitest';
import papaparse from 'papaparse';
import yauzl from 'yauzl';
import { openBooks, type Books } from '../test/books.ts';
import { createOrder, createPerson, madrid, pushTo } from '../test/test-server.ts';
import { drawInvoices } from './pdf/draw-invoices.ts';
import { sha256 } from './issue-records.ts';
import { noBankLine } from '#shared/invoices/payment-schema.ts';
import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { billOn } from '../test/bill-on.ts';

let books: Books;
beforeEach(async () => {
  books = await openBooks();
});
afterEach(() => books.close());

const fetchAsInes = (path: string) =>
  fetch(`${books.app.url}${path}`, { headers: { cookie: books.ines.cookieNow() } });

async function unzip(bytes: Buffer): Promise<Map<string, Buffer>> {
  const zip = await yauzl.fromBufferPromise(bytes);
  const files = new Map<string, Buffer>();
  for await (const entry of zip.eachEntry()) {
    const parts: Buffer[] = [];
    for await (const part of await zip.openReadStreamPromise(entry)) parts.push(part as Buffer);
    files.set(entry.fileName, Buffer.concat(parts));
  }
  return files;
}

const parseCsv = (bytes: Buffer | undefined) =>
  papaparse.parse<Record<string, string>>(
    (bytes ?? Buffer.alloc(0)).toString('utf8').replace(/^\uFEFF/, ''),
    {
      header: true,
      skipEmptyLines: true,
    },
  ).data;

async function createClient(name: string, identity: Partial<BillingIdentity>): Promise<string> {
  const { id } = await createPerson(books.database.server, name, 'client', {
    identity: { ...madrid, ...identity },
  });
  return id;
}

test('the package of a quarter has invoices, lines, payments, VAT by country and category, EU sales, and every PDF', async () => {
  const { server } = books.database;
  const verified = { vatNumber: 'DE123456789', vatVerified: { on: '2026-01-01', reference: 'x' } };
  const german = await createClient('hans', {
    country: 'DE',
    taxNumber: '',
    legalName: '=SUM(A1) GmbH',
    ...verified,
  });
  const french = await createClient('marie', { kind: 'person', country: 'FR', taxNumber: '' });
  await createOrder(server, books.client, { since: '2026-01-10', amount: 1000 });
  await createOrder(server, german, { since: '2026-02-10', amount: 2000, billingPeriod: 'once' });
  await createOrder(server, french, { since: '2026-03-31', amount: 500, billingPeriod: 'once' });
  for (const day of ['2026-01-10', '2026-02-10', '2026-03-31', '2026-04-10']) await billOn(server, day);
  await drawInvoices(server);
  const [first] = await books.invoices();
  const issued = (await books.invoices()).find(({ date }) => date === '2026-01-10') ?? first;
  await pushTo(books.ines.api, 'payments', [
    {
      base: null,
      next: {
        id: server.newId(),
        invoice: issued?.id,
        client: issued?.client,
        amount: 1210,
        day: '2026-01-20',
        method: 'transfer',
        source: 'hand',
        reference: '-1+1',
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
  const answer = await fetchAsInes('/packages/2026-01-01/2026-03-31');
  expect(answer.headers.get('content-disposition')).toBe(
    'attachment; filename="books-2026-01-01-2026-03-31.zip"',
  );
  const files = await unzip(Buffer.from(await answer.arrayBuffer()));
  const invoices = parseCsv(files.get('invoices.csv'));
  // lucia's monthly service is billed again on each of these days. Nothing of April is included.
  expect(invoices.map(({ date }) => date).toSorted()).toEqual([
    '2026-01-10',
    '2026-02-10',
    '2026-02-10',
    '2026-03-31',
    '2026-03-31',
  ]);
  expect(invoices.find(({ country }) => country === 'DE')).toMatchObject({
    client: "'=SUM(A1) GmbH", // a spreadsheet does not run it
    net: '20.00',
    tax: '0.00',
    total: '20.00',
  });
  expect(parseCsv(files.get('lines.csv'))).toHaveLength(invoices.length);
  expect(parseCsv(files.get('payments.csv'))).toMatchObject([
    { day: '2026-01-20', invoice: issued?.number, amount: '12.10', reference: "'-1+1" },
  ]);
  expect(parseCsv(files.get('vat.csv'))).toMatchObject([
    { country: 'DE', 'tax category': 'AE', net: '20.00', tax: '0.00' },
    { country: 'ES', 'tax category': 'S', 'tax percent': '21.00', net: '30.00', tax: '6.30', invoices: '3' },
    { country: 'FR', 'tax category': 'S', net: '5.00', tax: '1.05' },
  ]);
  expect(parseCsv(files.get('eu-sales.csv'))).toMatchObject([
    { country: 'DE', 'VAT number': 'DE123456789', net: '20.00', invoices: '1' },
  ]);
  const hashMatches = invoices.map(({ number = '', 'pdf sha-256': hash }) => {
    const bytes = files.get(`pdf/${number}.pdf`);
    return bytes !== undefined && sha256(bytes) === hash;
  });
  expect(hashMatches).toEqual([true, true, true, true, true]);
});

test('invalid, reversed and too long ranges of days are refused with the field', async () => {
  expect((await fetchAsInes('/packages/2026-02-30/2026-03-01')).status).toBe(400);
  expect((await fetchAsInes('/packages/2024-01-01/2026-03-01')).status).toBe(400);
  const backwards = await fetchAsInes('/packages/2026-03-02/2026-03-01');
  expect([backwards.status, await backwards.json()]).toMatchObject([
    400,
    { error: { data: { field: 'to' } } },
  ]);
});
