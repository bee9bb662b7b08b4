import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { addDays } from '#shared/billing/day.ts';
import { dayOf, periodAt } from '#shared/billing/period.ts';
import { findDocument, findIds } from '#sync/server/row.ts';
import { creditedOf, emailsIn, orderOf, changeOrder } from '../test/order-case.ts';
import {
  acceptedTerms,
  createOrder,
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
} from '../test/test-server.ts';
import type { SignedIn, TestApp, TestDatabase } from '../test/test-server.ts';
import { findRows } from '../models/rows.ts';
import { publishDrafts } from '../settings/publish-drafts.ts';
import { applyScheduled } from './apply-scheduled.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { services } from '#shared/services/schema.ts';
import { billOn } from '../test/bill-on.ts';

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let arturo: SignedIn;
let vps: Documents['services'];
const today = dayOf(Date.now(), 'Europe/Madrid');
const chosen = (vcpu: number) => [
  { key: 'vcpu', quantity: vcpu * 1000 },
  { key: 'ram', quantity: 8000 },
  { key: 'ssd', quantity: 30_000 },
];

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'tom', 'client', { identity: null });
  await createPerson(server, 'arturo', 'admin');
  app = await startApp(server);
  lucia = await signIn(app.url, 'lucia');
  arturo = await signIn(app.url, 'arturo');
  const found = await findDocument(server, services, { where: { slug: 'vps' } });
  if (!found) throw new Error('the catalogue has no VPS');
  vps = found;
});
afterAll(async () => {
  await app.stop();
  await database.close();
});
beforeEach(() => database.server.models.outbox.destroy({ where: {} }));

const order = (id: string) => orderOf(database.server, id);
const emails = () => emailsIn(database.server);
const adjustments = async (id: string) => {
  const rows = await findRows(database.server.models.adjustments, { where: { order: id } });
  return rows.map(({ amount, invoice }) => ({ amount, billed: invoice !== null }));
};

/** A VPS with 2 vCPU, 8 GB, 30 GB = 7.50 a month, active since the day. */
const running = (client: string, over: Partial<Documents['orders']> & { since?: string } = {}) =>
  createOrder(database.server, client, {
    since: addDays(today, -10),
    amount: 750,
    service: vps.id,
    options: chosen(2),
    ...over,
  });
const edit = (person: SignedIn, id: string, changes: Record<string, unknown>) =>
  changeOrder(database.server, person, { id, ...changes });
const changeTo = (when: 'now' | 'next', vcpu: number, amount: number) => ({
  change: { when, service: vps.id, options: chosen(vcpu), amount, on: null },
});

test('a change for the next period takes effect on its first day, and the client and the admins get an e-mail', async () => {
  const { id, anchor } = await running(lucia.me.id);
  expect(await edit(lucia, id, changeTo('next', 3, 850))).toBe('done');
  const { end } = periodAt({ anchor: anchor ?? '', billingPeriod: 'month', alignment: 'anniversary' }, today);
  expect(await order(id)).toMatchObject({ options: chosen(2), change: { on: end }, cancelsOn: null });
  expect((await order(id)).prices.at(-1)).toMatchObject({ from: end, amount: 850 });
  expect(await emails()).toEqual(['order-changed lucia', 'order-changed arturo']);
  expect(await adjustments(id)).toEqual([]);
  const applied = (day: string) => applyScheduled(database.server, day);
  const nothing = { ended: 0, moved: 0, changed: 0, failed: 0 };
  expect(await applied(addDays(end, -1))).toEqual(nothing);
  expect(await applied(end)).toEqual({ ...nothing, changed: 1 });
  expect(await applied(end)).toEqual(nothing);
  expect(await order(id)).toMatchObject({ options: chosen(3), change: null });
  expect(await adjustments(id)).toEqual([]);
});

test('a change that is undone before its day leaves the old price', async () => {
  const { id } = await running(lucia.me.id);
  await edit(lucia, id, changeTo('next', 3, 850));
  expect(await edit(lucia, id, { change: null })).toBe('done');
  const { prices, options: kept } = await order(id);
  expect(kept).toEqual(chosen(2));
  expect(prices).toEqual([{ from: addDays(today, -10), amount: 750 }]);
  expect(await emails()).toContain('order-stays lucia');
});

test('another change replaces the pending one', async () => {
  const { id } = await running(lucia.me.id);
  await edit(lucia, id, changeTo('next', 3, 850));
  expect(await edit(lucia, id, changeTo('next', 1, 650))).toBe('done');
  expect((await order(id)).change?.options).toEqual(chosen(1));
  expect((await order(id)).prices.map(({ amount }) => amount)).toEqual([750, 650]);
});

test('a pending change can also be undone while the order is suspended', async () => {
  const { id } = await running(lucia.me.id);
  await edit(lucia, id, changeTo('next', 3, 850));
  expect(await edit(arturo, id, { status: 'suspended', reason: 'It moves' })).toBe('done');
  expect(await edit(lucia, id, { change: null })).toBe('done');
  expect((await order(id)).prices.map(({ amount }) => amount)).toEqual([750]);
  // A price that an admin agrees in the same write is kept.
  const other = await running(lucia.me.id);
  await edit(lucia, other.id, changeTo('next', 3, 850));
  const prices = [...(await order(other.id)).prices, { from: today, amount: 700 }];
  expect(await edit(arturo, other.id, { change: null, prices })).toBe('done');
  expect((await order(other.id)).prices.map(({ amount }) => amount)).toEqual([750, 700]);
});

test('an immediate change puts the difference for the remaining days on the next invoice, once', async () => {
  const { id, anchor } = await running(lucia.me.id);
  expect(await edit(lucia, id, changeTo('now', 4, 950))).toBe('done');
  expect(await order(id)).toMatchObject({ options: chosen(4), change: null });
  const { end, fullDays } = periodAt(
    { anchor: anchor ?? '', billingPeriod: 'month', alignment: 'anniversary' },
    today,
  );
  const left = Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000);
  const due = Math.round((200 * left) / fullDays);
  expect(await adjustments(id)).toEqual([{ amount: due, billed: false }]);
  const { invoices: issued } = await billOn(database.server, today);
  expect(issued).toHaveLength(1);
  expect(await adjustments(id)).toEqual([{ amount: due, billed: true }]);
  const where = { number: issued[0]?.number };
  const { lines = [], net } = (await findDocument(database.server, invoices, { where })) ?? {};
  const mine = lines.filter(({ order: of }) => of === id).map(({ amount }) => amount);
  expect(mine.sort((a, b) => a - b)).toEqual([due, 750].sort((a, b) => a - b));
  expect(net).toBe(lines.reduce((sum, { amount }) => sum + amount, 0));
  expect((await billOn(database.server, today)).invoices).toEqual([]);
});

test('a second change in the same period is charged relative to the first one', async () => {
  const { id } = await running(lucia.me.id);
  await edit(lucia, id, changeTo('now', 4, 950));
  await edit(lucia, id, changeTo('now', 2, 750));
  expect(await adjustments(id)).toEqual([]);
});

test('an immediate change, up or down, is not charged while the order is stopped, and is charged again when it resumes', async () => {
  const sum = async (id: string) => (await adjustments(id)).reduce((total, { amount }) => total + amount, 0);
  for (const [vcpu, amount] of [
    [4, 950],
    [1, 650],
  ] as const) {
    const { id } = await running(lucia.me.id, { chargedAt: 'end' });
    await edit(lucia, id, changeTo('now', vcpu, amount));
    const full = await sum(id);
    expect(full).not.toBe(0);
    await edit(arturo, id, { status: 'suspended' });
    expect(await sum(id)).toBe(0);
    await edit(arturo, id, { status: 'active' });
    expect(await sum(id)).toBe(full);
    await edit(lucia, id, { status: 'cancelled' });
    expect(await sum(id)).toBe(0);
  }
});

test('on the first day of a period, an immediate change adjusts a charged period, and an uncharged one gets the new price', async () => {
  const sum = async (id: string) => (await adjustments(id)).reduce((total, { amount }) => total + amount, 0);
  for (const [vcpu, amount] of [
    [4, 950],
    [1, 650],
  ] as const) {
    const { id } = await running(lucia.me.id, { since: today });
    await billOn(database.server, today);
    await edit(lucia, id, changeTo('now', vcpu, amount));
    expect(await sum(id)).toBe(Math.max(amount - 750, 0));
    expect(await creditedOf(database.server, id)).toBe(Math.min(amount - 750, 0));
    // If the order ends at once, all of the charge goes back, and nothing of the change is left.
    await edit(lucia, id, { status: 'cancelled' });
    expect(await sum(id)).toBe(0);
    expect(await creditedOf(database.server, id)).toBe(-750);
  }
  const { id } = await running(lucia.me.id, { since: today });
  await edit(lucia, id, changeTo('now', 4, 950));
  const { invoices } = await billOn(database.server, today);
  expect(invoices.flatMap(({ charges }) => charges.filter(({ order: of }) => of === id))).toMatchObject([
    { from: today, amount: 950 },
  ]);
  await edit(lucia, id, { status: 'cancelled' });
  expect(await adjustments(id)).toEqual([]);
});

test('an announced price is restored when a change is undone', async () => {
  const { id, anchor } = await running(lucia.me.id);
  const { end } = periodAt({ anchor: anchor ?? '', billingPeriod: 'month', alignment: 'anniversary' }, today);
  const { prices } = await order(id);
  await edit(arturo, id, { prices: [...prices, { from: end, amount: 1200 }] });
  await edit(arturo, id, { prices: [...(await order(id)).prices, { from: addDays(end, 90), amount: 1500 }] });
  const announced = (await order(id)).prices;
  expect(await edit(lucia, id, changeTo('next', 3, 850))).toBe('done');
  // Prices that were agreed for later days were agreed for the order before the change.
  expect((await order(id)).prices.at(-1)).toMatchObject({ from: addDays(end, 90), amount: 850 });
  expect(await edit(lucia, id, { change: null })).toBe('done');
  expect((await order(id)).prices).toEqual(announced);
});

test('a change from free to paid needs billing details', async () => {
  const tom = await signIn(app.url, 'tom');
  const { id } = await running(tom.me.id, { prices: [{ from: addDays(today, -10), amount: 0 }] });
  expect(await edit(tom, id, changeTo('next', 4, 950))).toBe('identity-missing identity');
});

test('an invoice names the service that was charged, not the one that the order has now', async () => {
  const client = await createPerson(database.server, 'renamed', 'client');
  const { id } = await running(client.id, { since: addDays(today, -40), chargedAt: 'end' });
  const [other = ''] = await findIds(database.server, services, { where: { slug: 'vpn' } });
  const asked = { when: 'now', service: other, options: [], amount: 500, on: null };
  const prices = [{ from: addDays(today, -40), amount: 750, service: vps.id }];
  await database.server.models.orders.update({ prices: JSON.stringify(prices) }, { where: { id } });
  expect(await edit(arturo, id, { change: asked })).toBe('done');
  await billOn(database.server, today);
  const issued = await findDocument(database.server, invoices, { where: { client: client.id } });
  const [line] = issued?.lines.filter(({ from }) => from) ?? [];
  expect(line?.text).toMatch(/^Virtual server /);
});

test('a wrong price is refused with the right one, and an invalid change with its reason', async () => {
  const { id } = await running(lucia.me.id);
  expect(await edit(lucia, id, changeTo('now', 4, 1000))).toBe('price-changed change 950');
  expect(await edit(lucia, id, changeTo('now', 2, 750))).toBe('invalid change same');
  expect(await edit(lucia, id, { ...changeTo('now', 4, 950), prices: [] })).toMatch(
    /^forbidden-field prices/,
  );
  const ending = await running(lucia.me.id, { cancelsOn: addDays(today, 5) });
  expect(await edit(lucia, ending.id, changeTo('now', 4, 950))).toBe('invalid change ends');
  expect(await edit(lucia, ending.id, { cancelsOn: null, ...changeTo('now', 4, 950) })).toBe('done');
  const stopped = await running(lucia.me.id, {
    status: 'suspended',
    history: [
      { on: addDays(today, -10), status: 'active', reason: '', at: 0 },
      { on: addDays(today, -5), status: 'suspended', reason: '', at: 0 },
    ],
  });
  expect(await edit(lucia, stopped.id, changeTo('now', 4, 950))).toBe('invalid change status');
});

test('an order that is not set up yet changes at once, without an adjustment', async () => {
  const fresh = { status: 'setting up' as const, history: [], anchor: null };
  const { id } = await running(lucia.me.id, fresh);
  expect(await edit(lucia, id, changeTo('next', 4, 950))).toBe('done');
  expect(await order(id)).toMatchObject({ options: chosen(4), change: null });
  expect((await order(id)).prices.at(-1)).toMatchObject({ from: today, amount: 950 });
  expect(await adjustments(id)).toEqual([]);
});

test('several offline status changes arrive as one write, and the history has all of them', async () => {
  const { id } = await running(lucia.me.id, { status: 'setting up', history: [], anchor: null });
  expect(await edit(arturo, id, { status: 'suspended', reason: 'Not paid', cause: 'non-payment' })).toBe(
    'done',
  );
  const { history, anchor, status } = await order(id);
  expect(status).toBe('suspended');
  expect(anchor).toBe(today);
  expect(history.map(({ status: each, reason }) => `${each} ${reason}`)).toEqual([
    'active ',
    'suspended Not paid',
  ]);
  // Nothing is charged for a day on which the order ended up suspended.
  expect(await edit(arturo, id, { status: 'setting up' })).toMatch(/^illegal-move status/);
});

test('a new order must accept the published terms, in a version that exists, and without any nothing paid can be ordered', async () => {
  const place = (terms: unknown) =>
    pushTo(lucia.api, 'orders', [
      {
        base: null,
        next: {
          ...{ id: database.server.newId(), service: vps.id, client: lucia.me.id, billingPeriod: 'month' },
          ...{ instanceName: `terms ${Math.random()}`, options: chosen(4), comments: '' },
          ...{ prices: [{ from: today, amount: 950 }], status: 'setting up', terms },
        },
      },
    ]).then(({ refusals, documents }) => refusals[0]?.code ?? documents[0]?.['terms']);
  expect(await place(null)).toBe('terms-missing');
  expect(await place({ language: 'en', version: 2 })).toBe('invalid');
  expect(await place(acceptedTerms)).toEqual(acceptedTerms);
  await database.server.models.pages.destroy({ where: {} });
  expect(await place(null)).toBe('terms-unpublished');
  await publishDrafts(database.server);
});
