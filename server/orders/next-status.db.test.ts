import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { chargesDue } from '#shared/billing/charges.ts';
import { startedOrders } from '../invoices/billable.ts';
import { emailsIn, orderOf, resendAfter, changeOrder } from '../test/order-case.ts';
import {
  createOrder,
  createPerson,
  madrid,
  openTestDatabase,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { applyScheduled } from './apply-scheduled.ts';

/* Staff schedule an order to be active or suspended from a future day on. */

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
  on: soon,
  status: 'suspended',
  reason: 'The machine moves',
  cause: null,
  ...over,
});
const order = (id: string) => orderOf(database.server, id);
const emails = () => emailsIn(database.server);
const change = (person: SignedIn, id: string, changes: Record<string, unknown>) =>
  changeOrder(database.server, person, { id, ...changes });
const running = (over: Partial<Documents['orders']> & { since?: string } = {}) =>
  createOrder(database.server, lucia.me.id, { since: addDays(today, -10), amount: 750, ...over });
const moved = async (day: string) => (await applyScheduled(database.server, day)).moved;

test('an order is suspended on its scheduled day and not before, and its client then gets one e-mail', async () => {
  const { id } = await running();
  expect(await change(arturo, id, { nextStatus: next() })).toBe('done');
  expect(await moved(addDays(soon, -1))).toBe(0);
  expect(await order(id)).toMatchObject({ status: 'active', nextStatus: { on: soon } });
  expect(await emails()).toEqual([]);
  // The run is late, but the status still counts from its scheduled day.
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

test('an order that is scheduled to start is charged from that day, its periods begin there, and the preview includes it', async () => {
  const { id } = await running({ status: 'setting up', history: [], anchor: null });
  expect(await change(arturo, id, { nextStatus: next({ status: 'active', reason: '' }) })).toBe('done');
  const orders = (await startedOrders(database.server)).filter((each) => each.id === id);
  expect(chargesDue(orders, [], soon).charges).toMatchObject([{ order: id, from: soon, amount: 750 }]);
  expect(chargesDue(orders, [], addDays(soon, -1)).charges).toEqual([]);
  expect(await moved(soon)).toBe(1);
  expect(await order(id)).toMatchObject({ status: 'active', anchor: soon });
});

test('an earlier status replaces the scheduled one, and an undone schedule has no effect', async () => {
  const [{ id: now }, { id: kept }] = [await running(), await running()];
  for (const id of [now, kept]) expect(await change(arturo, id, { nextStatus: next() })).toBe('done');
  expect(await change(arturo, now, { status: 'suspended', reason: 'At once' })).toBe('done');
  expect(await change(arturo, kept, { nextStatus: null })).toBe('done');
  expect(await moved(soon)).toBe(0);
  expect(await order(now)).toMatchObject({ reason: 'At once', nextStatus: null });
  expect(await order(kept)).toMatchObject({ status: 'active', nextStatus: null });
});

test('a status that is scheduled after the end of the order is dropped', async () => {
  const { id } = await running();
  expect(await change(arturo, id, { nextStatus: next() })).toBe('done');
  expect(await change(arturo, id, { cancelsOn: addDays(soon, -1) })).toBe('done');
  expect(await applyScheduled(database.server, addDays(soon, 1))).toMatchObject({ ended: 1, moved: 0 });
  expect(await order(id)).toMatchObject({ status: 'cancelled', nextStatus: null });
  expect((await order(id)).history.map(({ status }) => status)).toEqual(['active', 'cancelled']);
});

test('an overdue scheduled status is applied before a later change', async () => {
  const { id } = await running({ nextStatus: next({ on: addDays(today, -3) }) });
  expect(await change(arturo, id, { status: 'cancelled' })).toBe('done');
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

test('a client can withdraw offline from an order that was suspended meanwhile, but not from one that was cancelled', async () => {
  const seen = await running();
  expect(await change(arturo, seen.id, { status: 'suspended', reason: 'It moves' })).toBe('done');
  expect(await resendAfter(lucia, seen, { status: 'cancelled', cause: 'withdrawal' })).toBe('done');
  expect(await order(seen.id)).toMatchObject({ status: 'cancelled', cause: 'withdrawal', endsBy: 'client' });
  const other = await running();
  expect(await change(arturo, other.id, { status: 'cancelled' })).toBe('done');
  expect(await resendAfter(lucia, other, { status: 'cancelled', cause: 'withdrawal' })).toMatch(
    /^changed-meanwhile/,
  );
});

test('an undo that arrives after the scheduled day is refused, and the writer sees why', async () => {
  const due = addDays(today, -1);
  const ends = await running({ cancelsOn: due, endsBy: 'client' });
  const moves = await running({ nextStatus: next({ on: due }) });
  await applyScheduled(database.server);
  expect(await resendAfter(lucia, ends, { cancelsOn: null })).toBe(`changed-meanwhile cancelsOn ${due}`);
  expect(await resendAfter(arturo, moves, { nextStatus: null })).toBe(`changed-meanwhile nextStatus ${due}`);
});

test('an end that arrives after its day is refused as too late for a client, and as past for an admin', async () => {
  const { id } = await running();
  const over = addDays(today, -1);
  expect(await change(lucia, id, { cancelsOn: over })).toBe(`too-late cancelsOn ${over}`);
  expect(await change(arturo, id, { cancelsOn: over })).toBe('invalid cancelsOn past');
});

test('a client cannot undo an end that staff scheduled; on its day the admins get an e-mail to shut the order down', async () => {
  const { id } = await running();
  expect(await change(arturo, id, { cancelsOn: soon })).toBe('done');
  expect(await order(id)).toMatchObject({ endsBy: 'staff' });
  expect(await change(lucia, id, { cancelsOn: null })).toBe('invalid cancelsOn staff');
  expect(await emails()).toEqual(['order-ends lucia']);
  await applyScheduled(database.server, soon);
  expect(await emails()).toEqual(['order-ends lucia', 'order-status lucia', 'order-left arturo']);
});

test('if an order is activated and scheduled to end in one offline write, the client gets an e-mail about each', async () => {
  const { id } = await running({ status: 'setting up', history: [], anchor: null });
  expect(await change(arturo, id, { status: 'active', cancelsOn: soon })).toBe('done');
  expect(await emails()).toEqual(['order-status lucia', 'order-ends lucia']);
});

test('a scheduled status must be new, on a future day, before the end of the order, and set by staff', async () => {
  const { id } = await running();
  expect(await change(arturo, id, { nextStatus: next({ on: today }) })).toBe('invalid nextStatus past');
  expect(await change(arturo, id, { nextStatus: next({ status: 'active' }) })).toBe(
    'invalid nextStatus status',
  );
  expect(await change(arturo, id, { nextStatus: next({ cause: 'withdrawal' }) })).toBe(
    'invalid nextStatus cause',
  );
  expect(await change(lucia, id, { nextStatus: next() })).toBe('forbidden-field nextStatus');
  expect(await change(arturo, id, { cancelsOn: soon })).toBe('done');
  expect(await change(arturo, id, { nextStatus: next() })).toBe('invalid nextStatus ends');
  const unpriced = await running({ status: 'setting up', history: [], anchor: null, prices: [] });
  const active = { nextStatus: next({ status: 'active', reason: '' }) };
  expect(await change(arturo, unpriced.id, active)).toBe('invalid prices empty');
});
