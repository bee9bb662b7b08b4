import { afterEach, beforeEach, expect, test } from 'vitest';
import { takenBack } from '#shared/invoices/corrections.ts';
import { dayOf } from '#shared/billing/period.ts';
import { applyScheduled } from '../orders/apply-scheduled.ts';
import { openBooks, type Books } from '../test/books.ts';
import { orderOf, changeOrder } from '../test/order-case.ts';
import { createOrder, createPerson, pushTo, signIn } from '../test/test-server.ts';
import { plainInvoice } from '#shared/invoices/schema.ts';
import { billOn } from '../test/bill-on.ts';

/* Charges and credits besides those for the periods of services. */

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

test('a service that is billed after its end is credited for the days after the end', async () => {
  const { server } = database;
  const { id } = await createOrder(server, client, {
    since: '2026-03-01',
    amount: 3100,
    cancelsOn: '2026-03-11',
  });
  // There was no run before its last day: the service ended first and was billed afterwards.
  expect(await applyScheduled(server, '2026-03-20')).toMatchObject({ ended: 1 });
  await billOn(server, '2026-03-20');
  await billOn(server, '2026-03-21');
  const amounts = (await invoices()).map(({ kind, lines }) => [kind, lines.map(({ amount }) => amount)]);
  expect(amounts).toEqual(
    expect.arrayContaining([
      ['full', [3100]],
      ['rectifying', [-2100]],
    ]),
  );
  expect(amounts).toHaveLength(2);
  expect((await invoices()).every(({ lines }) => lines.every(({ order }) => order === id))).toBe(true);
});

test('a manual adjustment goes on the next invoice of its client, unless it is removed before', async () => {
  const { server } = database;
  await createOrder(server, client, { since: '2026-03-01', amount: 950, instanceName: 'web' });
  await ines.api.billing.addAdjustment.mutate({ client, text: 'Migration', amount: 4000 });
  await ines.api.billing.addAdjustment.mutate({ client, text: 'Typed wrong', amount: 9999 });
  await ines.api.billing.addAdjustment.mutate({ client, text: 'More than there is to pay', amount: -90_000 });
  const waiting = await ines.api.billing.adjustments.query();
  expect(waiting.map(({ text, amount }) => [text, amount])).toEqual([
    ['Migration', 4000],
    ['Typed wrong', 9999],
    ['More than there is to pay', -90_000],
  ]);
  const wrong = { id: waiting[1]?.id ?? '' };
  await ines.api.billing.removeAdjustment.mutate(wrong);
  await expect(ines.api.billing.removeAdjustment.mutate(wrong)).rejects.toThrow('not-found');
  // The preview shows what the run will issue.
  const next = await ines.api.billing.nextRun.query({ day: '2026-03-01' });
  expect(next.clients.map(({ net, adjustments }) => [net, adjustments.map(({ text }) => text)])).toEqual([
    [4950, ['Migration']],
  ]);
  await billOn(server, '2026-03-01');
  expect((await invoices()).map(({ net }) => net)).toEqual([4950]);
  expect((await ines.api.billing.adjustments.query()).map(({ text }) => text)).toEqual([
    'More than there is to pay',
  ]);
  expect((await ines.api.billing.nextRun.query({ day: '2026-03-02' })).clients).toEqual([]);
});

test('cancelling a service after a billed upgrade credits the rest of both charges, and no adjustment keeps waiting', async () => {
  const { server } = database;
  const today = dayOf(Date.now(), 'Europe/Madrid');
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(books.app.url, 'arturo');
  const { id } = await createOrder(server, client, { since: today, amount: 1000, instanceName: 'web' });
  await billOn(server, today);
  // The state after a change within the period: the new price row, and the difference as an adjustment.
  const order = await orderOf(server, id);
  const prices = [...order.prices, { from: today, amount: 5000, now: true }];
  await server.models.orders.update({ prices: JSON.stringify(prices) }, { where: { id } });
  const adjustment = { client, order: id, text: 'web: larger', amount: 4000, invoice: null };
  await server.models.adjustments.create({
    id: server.newId(),
    ...adjustment,
    madeAt: Date.now(),
    madeBy: null,
  });
  await billOn(server, today);
  expect(await changeOrder(server, arturo, { id, status: 'cancelled' })).toBe('done');
  const credits = (await invoices()).filter(({ kind }) => kind === 'rectifying');
  expect(credits.map(({ net }) => net).toSorted((a, b) => a - b)).toEqual([-4000, -1000]);
  expect(await ines.api.billing.adjustments.query()).toEqual([]);
});

test('an admin can set the day on which periods begin until something is charged; days before the activation are free', async () => {
  const { server } = database;
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(books.app.url, 'arturo');
  const { id } = await createOrder(server, client, { since: '2026-03-11', amount: 3100 });
  const anchorInput = { order: id, anchor: '2026-03-01' };
  await expect(ines.api.billing.setAnchor.mutate(anchorInput)).rejects.toThrow('not-allowed');
  await arturo.api.billing.setAnchor.mutate(anchorInput);
  await billOn(server, '2026-03-11');
  const [invoice] = await invoices();
  expect(invoice?.lines.map(({ from, to, amount }) => [from, to, amount])).toEqual([
    ['2026-03-11', '2026-04-01', 2100],
  ]);
  await expect(arturo.api.billing.setAnchor.mutate({ order: id, anchor: '2026-03-05' })).rejects.toThrow(
    'invalid',
  );
  expect((await orderOf(server, id)).anchor).toBe('2026-03-01');
});

test('a service that is changed and cancelled before the next run is neither charged nor credited for the change', async () => {
  const { server } = database;
  const today = dayOf(Date.now(), 'Europe/Madrid');
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(books.app.url, 'arturo');
  for (const amount of [4000, -400]) {
    const { id } = await createOrder(server, client, {
      since: today,
      amount: 1000,
      instanceName: `by ${amount}`,
    });
    await billOn(server, today);
    const { prices } = await orderOf(server, id);
    const changed = [...prices, { from: today, amount: 1000 + amount, now: true }];
    await server.models.orders.update({ prices: JSON.stringify(changed) }, { where: { id } });
    const adjustment = { client, order: id, text: 'changed', amount, invoice: null };
    await server.models.adjustments.create({
      id: server.newId(),
      ...adjustment,
      madeAt: Date.now(),
      madeBy: null,
    });
    expect(await changeOrder(server, arturo, { id, status: 'cancelled' })).toBe('done');
    expect(await ines.api.billing.adjustments.query()).toEqual([]);
  }
  expect((await billOn(server, today)).invoices).toEqual([]);
});

test('an adjustment that was credited by hand is not credited again when its service ends', async () => {
  const { server } = database;
  const today = dayOf(Date.now(), 'Europe/Madrid');
  await createPerson(server, 'arturo', 'admin');
  const arturo = await signIn(books.app.url, 'arturo');
  const { id } = await createOrder(server, client, { since: today, amount: 1000, instanceName: 'web' });
  await billOn(server, today);
  const { prices } = await orderOf(server, id);
  const changed = [...prices, { from: today, amount: 5000, now: true }];
  await server.models.orders.update({ prices: JSON.stringify(changed) }, { where: { id } });
  const adjustment = { client, order: id, text: 'larger', amount: 4000, invoice: null };
  await server.models.adjustments.create({
    id: server.newId(),
    ...adjustment,
    madeAt: Date.now(),
    madeBy: null,
  });
  await billOn(server, today);
  const billed = (await invoices()).find(({ lines }) => lines.some(({ text }) => text === 'larger'));
  if (!billed) throw new Error('the adjustment was billed');
  const next = {
    ...plainInvoice,
    id: server.newId(),
    client,
    status: 'draft',
    corrects: billed.id,
    reason: 'agreed',
    lines: billed.lines.map((line) => takenBack(line)),
    createdAt: 1,
    updatedAt: 1,
    writtenAt: 1,
    seq: 0,
  };
  await pushTo(ines.api, 'invoices', [{ base: null, next }]);
  expect(await changeOrder(server, arturo, { id, status: 'cancelled' })).toBe('done');
  const credits = (await invoices()).filter(({ kind }) => kind === 'rectifying').map(({ net }) => net);
  expect(credits.toSorted((a, b) => a - b)).toEqual([-4000, -1000]);
  expect(await ines.api.billing.adjustments.query()).toEqual([]);
});
