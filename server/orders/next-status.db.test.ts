import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { chargesDue } from '#shared/billing/charges.ts';
import { startedOrders } from '../invoices/billable.ts';
import { emailsIn, orderOf, resendAfter, changeOrder } from '../test/order-case.ts';
import { createOrder, createPerson, madrid, openTestDatabase, signIn, startApp, type SignedIn, type TestApp, type TestDatabase } from '../test/test-server.ts';
import { applyScheduled } from './apply-scheduled.ts';

/* Staff says that an order runs, or stands still, from a day to come on. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let arturo: SignedIn;
const today = dayOf(Date.now(), 'Europe/Madrid');
const soon = addDays(today, 5);

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'arturo', 'admin');
  const consumer = JSON.stringify({ ...madrid, kind: 'person' });
  await server.models.people.update({ identity: consumer }, { where: { username: 'lucia' } });
  app = await startApp(server);
  lucia = await signIn(app.url, 'lucia');
  arturo = await signIn(app.url, 'arturo');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});
beforeEach(() => database.server.models.outbox.destroy({ where: {} }));

type Next = NonNullable<Documents['orders']['nextStatus']>;
const next = (over: Partial<Next> = {}): Next => ({
  ...{ on: soon, status: 'suspended', reason: 'The machine moves', cause: null, ...over },
});
const order = (id: string) => orderOf(database.server, id);
const emails = () => emailsIn(database.server);
const say = (who: SignedIn, id: string, changes: Record<string, unknown>) =>
  changeOrder(database.server, who, { id, ...changes });
const running = (over: Partial<Documents['orders']> & { since?: string } = {}) =>
  createOrder(database.server, lucia.me.id, { ...{ since: addDays(today, -10), amount: 750 }, ...over });
const moved = async (day: string) => (await applyScheduled(database.server, day)).moved;

test('an order is suspended on the day that was said and not before; its client is told then, once', async () => {
  const { id } = await running();
  expect(await say(arturo, id, { nextStatus: next() })).toBe('done');
  expect(await moved(addDays(soon, -1))).toBe(0);
  expect(await order(id)).toMatchObject({ status: 'active', nextStatus: { on: soon } });
  expect(await emails()).toEqual([]);
  // The run was late: it counts from its own day all the same.
  expect(await moved(addDays(soon, 3))).toBe(1);
  expect(await order(id)).toMatchObject({
    status: 'suspended',
    reason: 'The machine moves',
    nextStatus: null,
  });
  expect((await order(id)).history.at(-1)).toMatchObject({ on: soon, status: 'suspended' });
  expect(await emails()).toEqual(['order-status lucia']);
  expect(await moved(addDays(soon, 4))).toBe(0);
});

test('an order that is to begin on a day is charged from it: its periods too, and the preview knows before', async () => {
  const { id } = await running({ status: 'setting up', history: [], anchor: null });
  expect(await say(arturo, id, { nextStatus: next({ status: 'active', reason: '' }) })).toBe('done');
  const orders = (await startedOrders(database.server)).filter((each) => each.id === id);
  expect(chargesDue(orders, [], soon).charges).toMatchObject([{ order: id, from: soon, amount: 750 }]);
  expect(chargesDue(orders, [], addDays(soon, -1)).charges).toEqual([]);
  expect(await moved(soon)).toBe(1);
  expect(await order(id)).toMatchObject({ status: 'active', anchor: soon });
});

test('what is done before that day takes its place; taken back, nothing happens', async () => {
  const [{ id: now }, { id: kept }] = [await running(), await running()];
  for (const id of [now, kept]) expect(await say(arturo, id, { nextStatus: next() })).toBe('done');
  expect(await say(arturo, now, { status: 'suspended', reason: 'At once' })).toBe('done');
  expect(await say(arturo, kept, { nextStatus: null })).toBe('done');
  expect(await moved(soon)).toBe(0);
  expect(await order(now)).toMatchObject({ reason: 'At once', nextStatus: null });
  expect(await order(kept)).toMatchObject({ status: 'active', nextStatus: null });
});

test('an order that ends before goes with its end', async () => {
  const { id } = await running();
  expect(await say(arturo, id, { nextStatus: next() })).toBe('done');
  expect(await say(arturo, id, { cancelsOn: addDays(soon, -1) })).toBe('done');
  expect(await applyScheduled(database.server, addDays(soon, 1))).toMatchObject({ ended: 1, moved: 0 });
  expect(await order(id)).toMatchObject({ status: 'cancelled', nextStatus: null });
  expect((await order(id)).history.map(({ status }) => status)).toEqual(['active', 'cancelled']);
});

test('what no look has come to yet has happened, whatever is said after it', async () => {
  const { id } = await running({ nextStatus: next({ on: addDays(today, -3) }) });
  expect(await say(arturo, id, { status: 'cancelled' })).toBe('done');
  expect((await order(id)).history.map(({ on, status }) => `${on} ${status}`)).toEqual([
    `${addDays(today, -10)} active`,
    `${addDays(today, -3)} suspended`,
    `${today} cancelled`,
  ]);
  expect(await emails()).toEqual(['order-status lucia', 'order-status lucia']);
  const ended = await running({ cancelsOn: addDays(today, -2), endsBy: 'client' });
  expect(await resendAfter(lucia, ended, { status: 'cancelled' })).toBe('done');
  expect((await order(ended.id)).history.at(-1)).toMatchObject({
    on: addDays(today, -2),
    status: 'cancelled',
  });
});

test('who withdraws or cancels without network does, though the order was suspended meanwhile', async () => {
  const seen = await running();
  expect(await say(arturo, seen.id, { status: 'suspended', reason: 'It moves' })).toBe('done');
  expect(await resendAfter(lucia, seen, { status: 'cancelled', cause: 'withdrawal' })).toBe('done');
  expect(await order(seen.id)).toMatchObject({ status: 'cancelled', cause: 'withdrawal', endsBy: 'client' });
  const other = await running();
  expect(await say(arturo, other.id, { status: 'cancelled' })).toBe('done');
  expect(await resendAfter(lucia, other, { status: 'cancelled', cause: 'withdrawal' })).toMatch(
    /^changed-meanwhile/,
  );
});

test('taken back after its day had come: it stands, and whoever took it back hears so', async () => {
  const due = addDays(today, -1);
  const ends = await running({ cancelsOn: due, endsBy: 'client' });
  const moves = await running({ nextStatus: next({ on: due }) });
  await applyScheduled(database.server);
  expect(await resendAfter(lucia, ends, { cancelsOn: null })).toBe(`changed-meanwhile cancelsOn ${due}`);
  expect(await resendAfter(arturo, moves, { nextStatus: null })).toBe(`changed-meanwhile nextStatus ${due}`);
});

test('an end that was on its way until its day was over is said to be too late; an end to come, or now, is chosen anew', async () => {
  const { id } = await running();
  const over = addDays(today, -1);
  expect(await say(lucia, id, { cancelsOn: over })).toBe(`too-late cancelsOn ${over}`);
  expect(await say(arturo, id, { cancelsOn: over })).toBe('invalid cancelsOn past');
});

test('an end that the provider set is not for its client to take back; on its day the admins have it to take down', async () => {
  const { id } = await running();
  expect(await say(arturo, id, { cancelsOn: soon })).toBe('done');
  expect(await order(id)).toMatchObject({ endsBy: 'staff' });
  expect(await say(lucia, id, { cancelsOn: null })).toBe('invalid cancelsOn staff');
  expect(await emails()).toEqual(['order-ends lucia']);
  await applyScheduled(database.server, soon);
  expect(await emails()).toEqual(['order-ends lucia', 'order-status lucia', 'order-left arturo']);
});

test('activated and given an end at once without network: the client hears of both', async () => {
  const { id } = await running({ status: 'setting up', history: [], anchor: null });
  expect(await say(arturo, id, { status: 'active', cancelsOn: soon })).toBe('done');
  expect(await emails()).toEqual(['order-status lucia', 'order-ends lucia']);
});

test('never an earlier day, nor what is so already, nor after its end; never said by a client', async () => {
  const { id } = await running();
  expect(await say(arturo, id, { nextStatus: next({ on: today }) })).toBe('invalid nextStatus past');
  expect(await say(arturo, id, { nextStatus: next({ status: 'active' }) })).toBe('invalid nextStatus status');
  expect(await say(arturo, id, { nextStatus: next({ cause: 'withdrawal' }) })).toBe(
    'invalid nextStatus cause',
  );
  expect(await say(lucia, id, { nextStatus: next() })).toBe('forbidden-field nextStatus');
  expect(await say(arturo, id, { cancelsOn: soon })).toBe('done');
  expect(await say(arturo, id, { nextStatus: next() })).toBe('invalid nextStatus ends');
  const unpriced = await running({ status: 'setting up', history: [], anchor: null, prices: [] });
  const active = { nextStatus: next({ status: 'active', reason: '' }) };
  expect(await say(arturo, unpriced.id, active)).toBe('invalid prices empty');
});
