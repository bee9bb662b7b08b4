import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { addDays } from '#shared/billing/day.ts';
import { dayOf } from '#shared/billing/period.ts';
import { findDocument } from '#sync/server/row.ts';
import { deliverDue } from '../email/deliver.ts';
import type { OutgoingMail, Transport } from '../email/transport.ts';
import { renderEmail } from '../render-email.ts';
import { emailsIn, orderOf, changeOrder } from '../test/order-case.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { people } from '#shared/people/schema.ts';

/* Withdrawing from an order, and the e-mails about its price. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let arturo: SignedIn;
const today = dayOf(Date.now(), 'Europe/Madrid');

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'arturo', 'admin');
  app = await startApp(server);
  lucia = await signIn(app.url, 'lucia');
  arturo = await signIn(app.url, 'arturo');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});
beforeEach(() => database.server.models.outbox.destroy({ where: {} }));

const order = (id: string) => orderOf(database.server, id);
const emails = () => emailsIn(database.server);
const change = (person: SignedIn, id: string, changes: Record<string, unknown>) =>
  changeOrder(database.server, person, { id, ...changes });
const running = (client: string, over: Partial<Documents['orders']> & { since?: string } = {}) =>
  createOrder(database.server, client, { since: addDays(today, -10), amount: 750, ...over });

test('a consumer can withdraw within 14 days and gets an e-mail; later, or as a business, a client cannot', async () => {
  const withdrawal = { status: 'cancelled', cause: 'withdrawal' };
  const person = { ...(await ownIdentity()), kind: 'person' as const };
  await database.server.models.people.update(
    { identity: JSON.stringify(person) },
    { where: { id: lucia.me.id } },
  );
  const fresh = await running(lucia.me.id, { since: addDays(today, -14) });
  expect(await change(lucia, fresh.id, withdrawal)).toBe('done');
  expect(await emails()).toEqual(['order-withdrawn lucia', 'order-left arturo']);
  expect((await order(fresh.id)).history.at(-1)).toMatchObject({ status: 'cancelled', cause: 'withdrawal' });
  const late = await running(lucia.me.id, { since: addDays(today, -15) });
  expect(await change(lucia, late.id, withdrawal)).toBe(`too-late cause ${addDays(today, -1)}`);
  const other = await running(lucia.me.id);
  expect(await change(lucia, other.id, { cause: 'withdrawal' })).toBe('invalid cause status');
  // The right also exists while the order is suspended because an invoice is not paid.
  const unpaid = await running(lucia.me.id);
  expect(
    await change(arturo, unpaid.id, { status: 'suspended', cause: 'non-payment', reason: 'Not paid' }),
  ).toBe('done');
  expect(await change(lucia, unpaid.id, withdrawal)).toBe('done');
  // A withdrawal from an order that was ended meanwhile is refused completely, and the client sees why.
  const ended = await running(lucia.me.id);
  expect(await change(lucia, ended.id, { status: 'cancelled' })).toBe('done');
  expect(await change(lucia, ended.id, withdrawal)).toBe('changed-meanwhile status cancelled');
  expect((await order(ended.id)).cause).toBeNull();
  expect(await change(lucia, ended.id, { reason: 'Not what was said' })).toBe(
    'changed-meanwhile status cancelled',
  );
  const business = { ...person, kind: 'business' as const };
  await database.server.models.people.update(
    { identity: JSON.stringify(business) },
    { where: { id: lucia.me.id } },
  );
  expect(await change(lucia, other.id, withdrawal)).toBe('invalid cause business');
});

test('nothing can be scheduled for an order that was cancelled meanwhile', async () => {
  const { id, service } = await running(lucia.me.id);
  expect(await change(arturo, id, { status: 'cancelled' })).toBe('done');
  const next = { when: 'next', service, options: [], amount: 750, on: null };
  expect(await change(lucia, id, { change: next })).not.toBe('done');
  expect(await change(arturo, id, { cancelsOn: addDays(today, 5) })).not.toBe('done');
  expect(await order(id)).toMatchObject({ status: 'cancelled', change: null, cancelsOn: null });
});

test('the e-mail about a new price shows that price, even if another price begins on a later day', async () => {
  const later = addDays(today, 40);
  const { id, prices } = await running(lucia.me.id, {
    prices: [
      { from: addDays(today, -10), amount: 750 },
      { from: later, amount: 1200 },
    ],
  });
  const soon = addDays(today, 5);
  expect(await change(arturo, id, { prices: [...prices, { from: soon, amount: 800 }] })).toBe('done');
  expect(await emails()).toEqual(['order-price lucia']);
  const mails: OutgoingMail[] = [];
  const transport: Transport = {
    send: (mail) => Promise.resolve(void mails.push(mail)),
    close: () => undefined,
  };
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(mails.map(({ text }) => text).join('')).toMatch(/8\.00/);
  expect(mails.map(({ text }) => text).join('')).not.toMatch(/12\.00/);
});

async function ownIdentity() {
  const person = await findDocument(database.server, people, { where: { id: lucia.me.id } });
  if (!person?.identity) throw new Error('lucia has an identity');
  return person.identity;
}
