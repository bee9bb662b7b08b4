import { afterEach, beforeEach, expect, test } from 'vitest';
import { openBooks, type Books } from '../test/books.ts';
import { takenBack } from '#shared/invoices/corrections.ts';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { saveSettings, storedSettings } from '../settings/settings.ts';
import { readStoredFile } from '../files/stored-files.ts';
import { pdfText } from '../test/pdf-text.ts';
import { createOrder, createPerson, madrid, pullFrom, pushTo, signIn } from '../test/test-server.ts';
import { drawInvoices } from './pdf/draw-invoices.ts';
import { verifyInvoices } from './verify.ts';
import { type Invoice, plainInvoice } from '#shared/invoices/schema.ts';
import { billOn } from '../test/bill-on.ts';

let books: Books;
let database: Books['database'];
let app: Books['app'];
let ines: Books['ines'];
let client: string;

beforeEach(async () => {
  books = await openBooks();
  ({ database, app, ines, client } = books);
});
afterEach(() => books.close());

const invoices = () => books.invoices();

const invoiceNumbered = async (number: string) => (await invoices()).find((each) => each.number === number);

/** Bills two services of one client on one invoice: 9.50 and 3.00 net, 15.13 with tax. */
async function billTwoServices(): Promise<Invoice> {
  const { server } = database;
  await createOrder(server, client, { since: '2026-03-01', amount: 950, instanceName: 'web' });
  await createOrder(server, client, { since: '2026-03-01', amount: 300, instanceName: 'mail' });
  await billOn(server, '2026-03-01');
  const [invoice] = await invoices();
  if (!invoice) throw new Error('nothing was billed');
  expect(invoice.total).toBe(1513);
  return invoice;
}

/** Pushes the draft of a correction, as a device does. */
async function draft(original: Invoice, lines: Invoice['lines'], reason = 'agreed by phone') {
  const id = database.server.newId();
  const next = {
    ...plainInvoice,
    id,
    client: original.client,
    status: 'draft',
    corrects: original.id,
    reason,
    lines,
  };
  const answer = await pushTo(ines.api, 'invoices', [{ base: null, next }]);
  return { id, answer };
}

async function issue(id: string) {
  const { documents } = await pullFrom(ines.api, 'invoices');
  const base = documents.find((each) => each.id === id);
  if (!base) throw new Error('there is no such draft');
  return pushTo(ines.api, 'invoices', [
    { base, next: { ...base, status: 'unpaid', approvedTotal: base['total'] } },
  ]);
}

test('a full correction is the exact negative, including tax; the invoice becomes void and is not billed again', async () => {
  const { server } = database;
  const original = await billTwoServices();
  const { id } = await draft(
    original,
    original.lines.map((line) => takenBack(line)),
  );
  expect((await invoiceNumbered(original.number ?? ''))?.status, 'a draft changes nothing').toBe('unpaid');
  await issue(id);
  const year = new Date().getFullYear();
  expect(await invoiceNumbered(`R${year}-000001`)).toMatchObject({
    kind: 'rectifying',
    series: 'R',
    net: -1250,
    tax: -263,
    total: -1513,
    status: 'paid',
    reason: 'agreed by phone',
    corrects: original.id,
    correctsNumber: original.number,
    correctsDate: '2026-03-01',
    buyer: madrid,
  });
  expect(await invoiceNumbered(original.number ?? '')).toMatchObject({
    status: 'void',
    corrected: -1513,
    total: 1513,
  });
  expect((await billOn(server, '2026-03-02')).invoices).toEqual([]);
  expect(await verifyInvoices(server)).toMatchObject({ invoices: 2, charges: 2 });
});

test('partial corrections add up to exactly the invoice, to the last cent of tax, and never to more', async () => {
  const original = await billTwoServices();
  const [web, mail] = original.lines;
  if (!web || !mail) throw new Error('two lines');
  const first = await draft(original, [takenBack(web, 333)]);
  await issue(first.id);
  expect((await invoiceNumbered(original.number ?? ''))?.status).toBe('unpaid');
  const tooMuch = await draft(original, [takenBack(web), takenBack(mail)]);
  expect(tooMuch.answer.refusals).toMatchObject([{ code: 'corrects-too-much', field: 'lines' }]);
  const rest = await draft(original, [takenBack(web, 950 - 333), takenBack(mail)]);
  await issue(rest.id);
  const corrections = (await invoices()).filter(({ kind }) => kind === 'rectifying');
  expect(corrections.reduce((sum, { tax }) => sum + tax, 0)).toBe(-263);
  expect(await invoiceNumbered(original.number ?? '')).toMatchObject({ corrected: -1513, status: 'void' });
  await verifyInvoices(database.server);
});

test('of two drafts that together correct too much, the second cannot be issued', async () => {
  const original = await billTwoServices();
  const all = original.lines.map((line) => takenBack(line));
  const [a, b] = [await draft(original, all), await draft(original, all)];
  await issue(a.id);
  const answer = await issue(b.id);
  expect(answer.refusals).toMatchObject([{ code: 'corrects-too-much' }]);
  expect((await invoiceNumbered(original.number ?? ''))?.corrected).toBe(-1513);
});

test('a correction is refused without a reason, with positive lines, of a correction, or for another client', async () => {
  const original = await billTwoServices();
  const lines = original.lines.map((line) => takenBack(line));
  expect((await draft(original, lines, '  ')).answer.refusals).toMatchObject([
    { code: 'invalid', field: 'reason' },
  ]);
  expect((await draft(original, original.lines)).answer.refusals).toMatchObject([
    { code: 'corrects-too-much' },
  ]);
  const { id: tom } = await createPerson(database.server, 'tom', 'client');
  const other = await draft({ ...original, client: tom }, lines);
  expect(other.answer.refusals).toMatchObject([{ code: 'not-found', field: 'corrects' }]);
  const { id } = await draft(original, lines);
  await issue(id);
  const correction = (await invoices()).find(({ kind }) => kind === 'rectifying');
  if (!correction) throw new Error('it was issued');
  expect((await draft(correction, lines)).answer.refusals).toMatchObject([
    { code: 'not-found', field: 'corrects' },
  ]);
});

test('correcting a paid invoice leaves it overpaid, and further payments are refused', async () => {
  const original = await billTwoServices();
  const id = database.server.newId();
  const payment = { id, invoice: original.id, client, day: '2026-03-05', amount: 1513, method: 'transfer' };
  const next = {
    ...payment,
    reference: '',
    createdAt: 1,
    updatedAt: 1,
    writtenAt: 1,
    seq: 0,
    source: 'hand',
    bookedBy: null,
  };
  await pushTo(ines.api, 'payments', [{ base: null, next }]);
  const [web] = original.lines;
  if (!web) throw new Error('a line');
  const correction = await draft(original, [takenBack(web)]);
  await issue(correction.id);
  expect(await invoiceNumbered(original.number ?? '')).toMatchObject({
    status: 'paid',
    paid: 1513,
    corrected: -1150,
  });
  const more = { ...next, id: database.server.newId(), amount: 100 };
  const answer = await pushTo(ines.api, 'payments', [{ base: null, next: more }]);
  expect(answer.refusals).toMatchObject([{ code: 'already-paid' }]);
});

test('the PDF of a correction shows the corrected invoice and the reason', async () => {
  const { server } = database;
  const original = await billTwoServices();
  const { id } = await draft(
    original,
    original.lines.map((line) => takenBack(line)),
  );
  await issue(id);
  await drawInvoices(server);
  const correction = (await invoices()).find(({ kind }) => kind === 'rectifying');
  const file = await readStoredFile(server, correction?.pdfHash ?? '');
  const text = await pdfText(file?.bytes ?? Buffer.alloc(0));
  for (const expected of [
    'Rectifying invoice',
    correction?.number ?? '',
    original.number ?? '',
    'agreed by phone',
    '-15.13 €',
  ])
    expect(text).toContain(expected);
  expect(text).not.toContain('IBAN');
});

test('when a service ends early, the credit for unused days is drafted, issued or neither, as the settings say', async () => {
  const { server } = database;
  const { id: tom } = await createPerson(server, 'tom', 'client', { email: 'tom@other.example' });
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(app.url, 'arturo');
  const today = dayOf(Date.now(), 'Europe/Madrid');
  const since = (days: number) => addDays(today, -days);
  for (const [setting, count] of [
    ['none', 0],
    ['draft', 1],
    ['issue', 1],
  ] as const) {
    const { settings, version } = await storedSettings(server);
    await saveSettings(
      server,
      { ...arturo.me, role: 'admin' },
      { settings: { ...settings, creditOnCancel: setting }, version },
    );
    const order = await createOrder(server, tom, { since: since(3), amount: 3100, instanceName: setting });
    await billOn(server, today);
    const { documents } = await pullFrom(arturo.api, 'orders');
    const base = documents.find((each) => each['id'] === order.id) as { id: string };
    await pushTo(arturo.api, 'orders', [{ base, next: { ...base, status: 'cancelled' } }]);
    const credits = (await invoices()).filter(
      ({ kind, lines }) => kind === 'rectifying' && lines.some((line) => line.order === order.id),
    );
    expect(credits, setting).toHaveLength(count);
    for (const credit of credits) {
      const whole = (await invoices()).find(({ id: each }) => each === credit.corrects);
      const line = whole?.lines.find((each) => each.order === order.id);
      const days = (Date.parse(line?.to ?? '') - Date.parse(line?.from ?? '')) / 86_400_000;
      expect(credit.status).toBe(setting === 'issue' ? 'paid' : 'draft');
      expect(credit.number === null).toBe(setting !== 'issue');
      expect(credit.net).toBe(-Math.round((3100 * (days - 3)) / days));
      expect(credit.lines[0]).toMatchObject({ from: today, to: line?.to });
    }
  }
  await verifyInvoices(server);
});

test('when a service ends, an amount that was credited by hand is not credited again, and the rest is', async () => {
  const { server } = database;
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(app.url, 'arturo');
  const today = dayOf(Date.now(), 'Europe/Madrid');
  const web = await createOrder(server, client, { since: today, amount: 3000, instanceName: 'web' });
  await createOrder(server, client, { since: today, amount: 10_000, instanceName: 'big' });
  await billOn(server, today);
  const [original] = await invoices();
  const line = original?.lines.find(({ order }) => order === web.id);
  if (!original || !line) throw new Error('web was billed');
  await issue((await draft(original, [takenBack(line, 500)], 'goodwill')).id);
  const cancel = async () => {
    const { documents } = await pullFrom(arturo.api, 'orders');
    const base = documents.find((each) => each['id'] === web.id) as { id: string };
    await pushTo(arturo.api, 'orders', [{ base, next: { ...base, status: 'cancelled' } }]);
  };
  await cancel();
  const ofWeb = (await invoices())
    .filter(({ kind }) => kind === 'rectifying')
    .flatMap(({ lines }) => lines.filter(({ order }) => order === web.id).map(({ amount }) => amount));
  expect(ofWeb.toSorted((a, b) => b - a)).toEqual([-500, -2500]);
});

test('a buyer without tax number gets simplified invoices up to the limit; charges above it wait', async () => {
  const { server } = database;
  const { id: noTaxNumber } = await createPerson(server, 'nonif', 'client', {
    identity: { ...madrid, kind: 'person', taxNumber: '' },
  });
  await createOrder(server, noTaxNumber, { since: '2026-03-01', amount: 1_000 });
  expect((await billOn(server, '2026-03-01')).invoices).toMatchObject([{ number: 'S2026-000001' }]);
  expect((await invoiceNumbered('S2026-000001'))?.kind).toBe('simplified');
  const { id: large } = await createPerson(server, 'large', 'client', {
    identity: { ...madrid, taxNumber: '' },
  });
  await createOrder(server, large, { since: '2026-03-02', amount: 33_058 }); // 400.00 with tax
  expect((await billOn(server, '2026-03-02')).invoices).toMatchObject([
    { number: 'S2026-000002', total: 40_000 },
  ]);
  await createOrder(server, large, { since: '2026-03-03', amount: 33_059 }); // 400.01 with tax
  const { invoices: none, waiting } = await billOn(server, '2026-03-03');
  expect([none, waiting]).toEqual([[], [large]]);
});

test('the first number of a series comes from the settings, and later numbers follow it', async () => {
  const { server } = database;
  const { id: admin } = await createPerson(server, 'arturo', 'admin');
  const { settings, version } = await storedSettings(server);
  const firstNumbers = { A: 501, S: 1, R: 1 };
  await saveSettings(
    server,
    { id: admin, role: 'admin', name: 'arturo' },
    { settings: { ...settings, firstNumbers }, version },
  );
  await createOrder(server, client, { since: '2026-03-01', amount: 100 });
  expect((await billOn(server, '2026-03-01')).invoices).toMatchObject([{ number: 'A2026-000501' }]);
  expect((await billOn(server, '2026-04-01')).invoices).toMatchObject([{ number: 'A2026-000502' }]);
  expect((await billOn(server, '2027-03-01')).invoices).toMatchObject([{ number: 'A2027-000001' }]);
  await verifyInvoices(server);
});
