import { afterEach, beforeEach, expect, test } from 'vitest';
import { findDocuments } from '#sync/server/row.ts';
import { deliverDue } from '../email/deliver.ts';
import { openTransport } from '../email/transport.ts';
import { pdfText } from '../test/pdf-text.ts';
import { startSmtp } from '../test/smtp.ts';
import {
  createOrder,
  createPerson,
  madrid,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { renderEmail } from '../render-email.ts';
import { makeInvoices } from './make-invoices.ts';
import { drawInvoices } from './pdf/draw-invoices.ts';
import { readStoredFile } from '../files/stored-files.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { billOn } from '../test/bill-on.ts';

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const allInvoices = () => findDocuments(database.server, invoices, { order: ['number'] });

test('everything due for a client goes on one invoice with one line per charge; a second run adds nothing', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createOrder(server, id, { since: '2026-01-15', amount: 500, alignment: 'calendar' });
  await createOrder(server, id, {
    since: '2026-01-31',
    amount: 600,
    billingPeriod: 'year',
    chargedAt: 'start',
  });
  const first = await billOn(server, '2026-02-01');
  expect(first.invoices).toHaveLength(1);
  const [invoice] = await allInvoices();
  expect(invoice).toMatchObject({
    number: 'A2026-000001',
    date: '2026-02-01',
    dueDate: '2026-02-06',
    net: 274 + 500 + 600,
    tax: 289,
    total: 1663,
    status: 'unpaid',
  });
  expect(invoice?.lines.map(({ from, to, amount }) => [from, to, amount])).toEqual([
    ['2026-01-15', '2026-02-01', 274],
    ['2026-02-01', '2026-03-01', 500],
    ['2026-01-31', '2027-01-31', 600],
  ]);
  expect((await billOn(server, '2026-02-01')).invoices).toEqual([]);
  expect(await server.models.charges.count()).toBe(3);
});

test('the PDF says how the charge for a part of a period was calculated', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createOrder(server, id, { since: '2026-01-15', amount: 500, alignment: 'calendar' });
  await billOn(server, '2026-02-01');
  await drawInvoices(server);
  const [invoice] = await allInvoices();
  expect(invoice?.description).toMatch(/^15 Jan.*28 Feb 2026$/);
  const text = await pdfText(
    (await readStoredFile(server, invoice?.pdfHash ?? ''))?.bytes ?? Buffer.alloc(0),
  );
  expect(text).toContain('5.00 € × 17 of 31 days');
  expect(text).not.toContain('28 of 28');
  expect(text).not.toMatch(/\d{4}-\d\d-\d\d/);
});

test('an invoice that no font can draw is held, staff learns the reason, and its number is not used', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'ana', 'admin');
  const rename = (legalName: string) =>
    server.models.people.update({ identity: JSON.stringify({ ...madrid, legalName }) }, { where: { id } });
  await rename('Persepolis 𐎠𐎡');
  await createOrder(server, id, { since: '2026-01-01', amount: 500, alignment: 'calendar' });
  const { invoices: issued, failed } = await billOn(server, '2026-02-01');
  expect(issued).toEqual([]);
  expect(failed).toEqual([{ client: id, error: expect.stringContaining('buyer.legalName') as string }]);
  const mailed = await server.models.outbox.findAll({ where: { kind: 'invoice-unprintable' }, raw: true });
  expect(mailed).toHaveLength(2);
  expect(JSON.stringify(mailed)).toContain('𐎠 𐎡');
  await rename('Persepolis Ltd');
  await billOn(server, '2026-02-02');
  expect((await allInvoices()).map(({ number }) => number)).toEqual(['A2026-000001']);
});

test('a service charged at the end is not billed before its period is over', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createOrder(server, id, {
    since: '2026-01-01',
    amount: 300,
    chargedAt: 'end',
    alignment: 'calendar',
  });
  expect((await billOn(server, '2026-01-31')).invoices).toEqual([]);
  expect((await billOn(server, '2026-02-01')).invoices).toHaveLength(1);
});

test('four concurrent runs bill every client once, and the numbers have no gap', async () => {
  const { server } = database;
  for (let i = 0; i < 12; i += 1) {
    const { id } = await createPerson(server, `client${i}`, 'client');
    await createOrder(server, id, { since: '2026-03-01', amount: 100 + i });
  }
  const reports = await Promise.all([1, 2, 3, 4].map(() => billOn(server, '2026-03-01')));
  expect(reports.flatMap(({ failed }) => failed)).toEqual([]);
  const numbers = (await allInvoices()).map(({ number }) => number);
  expect(numbers).toEqual(Array.from({ length: 12 }, (_, i) => `A2026-${String(i + 1).padStart(6, '0')}`));
});

test('if billing fails for one client, the others are billed and no number is lost', async () => {
  const { server } = database;
  for (const name of ['ada', 'bob', 'cyd']) {
    const { id } = await createPerson(server, name, 'client');
    await createOrder(server, id, { since: '2026-03-01', amount: 100 });
  }
  await server.db.query("UPDATE people SET language = 'xx' WHERE username = 'bob'"); // there are no texts in this language
  await server.db.query("UPDATE people SET identity = '{\"kind\":7}' WHERE username = 'bob'");
  const report = await billOn(server, '2026-03-01');
  expect(report.failed).toHaveLength(1);
  expect((await allInvoices()).map(({ number }) => number)).toEqual(['A2026-000001', 'A2026-000002']);
});

test('a client without billing identity is not billed until the identity is entered', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client', { identity: null });
  await createOrder(server, id, { since: '2026-03-01', amount: 100 });
  expect((await billOn(server, '2026-03-01')).waiting).toEqual([id]);
  const { identity } = await createPerson(server, 'other', 'client');
  await server.models.people.update({ identity: JSON.stringify(identity) }, { where: { id } });
  expect((await billOn(server, '2026-03-01')).invoices).toHaveLength(1);
});

test('nothing is issued for a future day', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createOrder(server, id, { since: '2026-01-01', amount: 100 });
  await expect(makeInvoices(server, '2090-01-01')).rejects.toThrow('a day to come');
  expect(await server.models.invoices.count()).toBe(0);
});

test('nothing is issued with a date before the last invoice', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createOrder(server, id, { since: '2026-03-01', amount: 100 });
  await billOn(server, '2026-03-01');
  await createOrder(server, id, { since: '2026-01-01', amount: 100 });
  const report = await billOn(server, '2026-02-01');
  expect(report.failed[0]?.error).toMatch(/before the date of the last invoice/);
  expect(await allInvoices()).toHaveLength(1);
});

test('the PDF matches the invoice, is drawn once, and is e-mailed once to client and accounting', async () => {
  const { server } = database;
  const smtp = await startSmtp();
  const { id } = await createPerson(server, 'lucia', 'client', { language: 'es' });
  await createOrder(server, id, { since: '2026-03-01', amount: 950, instanceName: 'tienda-ñandú' });
  await billOn(server, '2026-03-01');
  expect(await drawInvoices(server)).toBe(1);
  expect(await drawInvoices(server)).toBe(0);
  const [invoice] = await allInvoices();
  const file = await readStoredFile(server, invoice?.pdfHash ?? '');
  const text = await pdfText(file?.bytes ?? new Uint8Array());
  for (const word of [
    'Factura A2026-000001',
    'Librería Atalaya SL',
    'tienda-ñandú',
    '9,50 €',
    '11,50 €',
    'IVA 21 %',
  ]) {
    expect(text).toContain(word);
  }
  const transport = openTransport({ ...server.config, smtpUrl: smtp.url }, Date.now);
  for (let round = 0; round < 3; round += 1) await deliverDue(server, { transport, render: renderEmail });
  transport.close();
  await smtp.close();
  expect(smtp.mails.map(({ to }) => to).sort()).toEqual(['accounting@arf20.com', 'lucia@test.example']);
  expect(smtp.mails[0]?.raw).toContain('A2026-000001.pdf');
});

test('payments make an invoice part paid, then paid; a payment of a paid invoice is refused', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'ines', 'accountant');
  await createOrder(server, id, { since: '2026-03-01', amount: 1000 });
  await billOn(server, '2026-03-01');
  const app = await startApp(server);
  const ines = await signIn(app.url, 'ines');
  const invoice = (await allInvoices())[0]?.id;
  const payment = (amount: number) => ({
    id: server.newId(),
    invoice,
    day: '2026-03-05',
    amount,
    method: 'transfer',
    reference: '',
    source: 'hand',
    writtenAt: Date.now(),
  });
  const book = (amount: number) => pushTo(ines.api, 'payments', [{ base: null, next: payment(amount) }]);
  expect((await book(200)).refusals).toEqual([]);
  expect((await allInvoices())[0]).toMatchObject({ status: 'part paid', paid: 200 });
  expect((await book(1010)).refusals).toEqual([]);
  expect((await allInvoices())[0]).toMatchObject({ status: 'paid', paid: 1210 });
  expect((await book(1)).refusals[0]).toMatchObject({ code: 'already-paid', detail: 'A2026-000001 12.10 €' });
  expect((await book(0)).refusals[0]).toMatchObject({ code: 'invalid', field: 'amount' });
  await app.stop();
});
