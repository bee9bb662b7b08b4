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

/* Withdrawing from an order, and the e-mails about what it costs. */

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
const say = (who: SignedIn, id: string, changes: Record<string, unknown>) =>
  changeOrder(database.server, who, { id, ...changes });
const running = (client: string, over: Partial<Documents['orders']> & { since?: string } = {}) =>
  createOrder(database.server, client, { ...{ since: addDays(today, -10), amount: 750 }, ...over });

test('a consumer withdraws within 14 days and is told so with day and time; later, and a business, may not', async () => {
  const withdraws = { status: 'cancelled', cause: 'withdrawal' };
  const person = { ...(await ownIdentity()), kind: 'person' as const };
  await database.server.models.people.update(
    { identity: JSON.stringify(person) },
    { where: { id: lucia.me.id } },
  );
  const fresh = await running(lucia.me.id, { since: addDays(today, -14) });
  expect(await say(lucia, fresh.id, withdraws)).toBe('done');
  expect(await emails()).toEqual(['order-withdrawn lucia', 'order-left arturo']);
  expect((await order(fresh.id)).history.at(-1)).toMatchObject({ status: 'cancelled', cause: 'withdrawal' });
  const late = await running(lucia.me.id, { since: addDays(today, -15) });
  expect(await say(lucia, late.id, withdraws)).toBe(`too-late cause ${addDays(today, -1)}`);
  const other = await running(lucia.me.id);
  expect(await say(lucia, other.id, { cause: 'withdrawal' })).toBe('invalid cause status');
  // Suspended because an invoice is not paid, the right is the same.
  const unpaid = await running(lucia.me.id);
  expect(
    await say(arturo, unpaid.id, { status: 'suspended', cause: 'non-payment', reason: 'Not paid' }),
  ).toBe('done');
  expect(await say(lucia, unpaid.id, withdraws)).toBe('done');
  // What somebody ended meanwhile is not withdrawn from by half: who says so is told.
  const ended = await running(lucia.me.id);
  expect(await say(lucia, ended.id, { status: 'cancelled' })).toBe('done');
  expect(await say(lucia, ended.id, withdraws)).toBe('changed-meanwhile status cancelled');
  expect((await order(ended.id)).cause).toBeNull();
  expect(await say(lucia, ended.id, { reason: 'Not what was said' })).toBe(
    'changed-meanwhile status cancelled',
  );
  const business = { ...person, kind: 'business' as const };
  await database.server.models.people.update(
    { identity: JSON.stringify(business) },
    { where: { id: lucia.me.id } },
  );
  expect(await say(lucia, other.id, withdraws)).toBe('invalid cause business');
});

test('the e-mail about a price tells the one that was agreed, also before a day on which another one begins', async () => {
  const later = addDays(today, 40);
  const { id, prices } = await running(lucia.me.id, {
    prices: [
      { from: addDays(today, -10), amount: 750 },
      { from: later, amount: 1200 },
    ],
  });
  const soon = addDays(today, 5);
  expect(await say(arturo, id, { prices: [...prices, { from: soon, amount: 800 }] })).toBe('done');
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
