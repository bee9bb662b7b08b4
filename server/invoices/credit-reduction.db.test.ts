import { afterAll, beforeAll, expect, test } from 'vitest';
import { addDays } from '#shared/billing/day.ts';
import { dayOf, periodAt } from '#shared/billing/period.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { services } from '#shared/services/schema.ts';
import { findDocument, findDocuments } from '#sync/server/row.ts';
import { findRows } from '../models/rows.ts';
import { billOn } from '../test/bill-on.ts';
import { changeOrder, creditedOf } from '../test/order-case.ts';
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

/* What was invoiced is reduced by a rectifying draft, never by a negative line of another invoice. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let vps: string;
const today = dayOf(Date.now(), 'Europe/Madrid');
const options = (vcpu: number) => [
  { key: 'vcpu', quantity: vcpu * 1000 },
  { key: 'ram', quantity: 8000 },
  { key: 'ssd', quantity: 30_000 },
];

beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  app = await startApp(database.server);
  lucia = await signIn(app.url, 'lucia');
  vps = (await findDocument(database.server, services, { where: { slug: 'vps' } }))?.id ?? '';
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const running = (over = {}) =>
  createOrder(database.server, lucia.me.id, {
    since: addDays(today, -10),
    amount: 750,
    service: vps,
    options: options(2),
    ...over,
  });
const change = (id: string, vcpu: number, amount: number) =>
  changeOrder(database.server, lucia, {
    id,
    change: { when: 'now', service: vps, options: options(vcpu), amount, on: null },
  });
const waiting = async (order: string) =>
  (await findRows(database.server.models.adjustments, { where: { order, invoice: null } })).map(
    ({ amount }) => amount,
  );
const credited = (id: string) => creditedOf(database.server, id);
function daysLeft(anchor: string | null) {
  const period = { anchor: anchor ?? '', billingPeriod: 'month', alignment: 'anniversary' } as const;
  const { end, fullDays } = periodAt(period, today);
  return { left: Math.round((Date.parse(end) - Date.parse(today)) / 86_400_000), fullDays };
}

test('a lower price in the middle of a charged period is a rectifying draft, and a later end credits the lower price', async () => {
  const { id, anchor } = await running();
  await billOn(database.server, today);
  expect(await change(id, 1, 650)).toBe('done');
  const { left, fullDays } = daysLeft(anchor);
  expect(await waiting(id)).toEqual([]);
  expect(await credited(id)).toBe(-Math.round((100 * left) / fullDays));
  const [draft] = (
    await findRows(database.server.models.outbox, { where: { kind: 'credit-drafted' } })
  ).slice(-1);
  expect(draft?.recipient).toBe('accounting@arf20.com');
  await changeOrder(database.server, lucia, { id, status: 'cancelled' });
  // Of 7.50 for the whole period, what the days until today cost stays charged.
  expect(await credited(id)).toBe(-Math.round((750 * left) / fullDays));
});

test('a lower price in a period that is not charged yet waits for its invoice', async () => {
  const { id, anchor } = await running();
  expect(await change(id, 1, 650)).toBe('done');
  const { left, fullDays } = daysLeft(anchor);
  expect(await credited(id)).toBe(0);
  expect(await waiting(id)).toEqual([-Math.round((100 * left) / fullDays)]);
});

test('what a change has added in the same period is credited first', async () => {
  const { id } = await running();
  await billOn(database.server, today);
  await change(id, 4, 950);
  await billOn(database.server, today);
  const { net = 0 } =
    (await findDocument(database.server, invoices, {
      where: { client: lucia.me.id, kind: 'full' },
      order: [['number', 'DESC']],
    })) ?? {};
  await change(id, 2, 750);
  expect(await credited(id)).toBe(-net);
  expect(await waiting(id)).toEqual([]);
});

test('a consumer who withdraws from something charged once gets all of it back', async () => {
  const identity = (await database.server.models.people.findOne({
    where: { id: lucia.me.id },
    raw: true,
  })) as unknown as {
    identity: string;
  };
  const person = { ...(JSON.parse(identity.identity) as object), kind: 'person' };
  await database.server.models.people.update(
    { identity: JSON.stringify(person) },
    { where: { id: lucia.me.id } },
  );
  const { id } = await running({ since: addDays(today, -3), billingPeriod: 'once', amount: 5_000 });
  await billOn(database.server, today);
  const withdrawal = { id, status: 'cancelled', cause: 'withdrawal' };
  expect(await changeOrder(database.server, lucia, withdrawal)).toBe('done');
  expect(await credited(id)).toBe(-5_000);
});

test.each([
  { chargedAt: 'start', beginAtOnce: false, pays: 0 },
  { chargedAt: 'end', beginAtOnce: false, pays: 0 },
  { chargedAt: 'end', beginAtOnce: true, pays: 75 },
] as const)(
  'a consumer who withdraws on day 3 pays for the days used only if they asked to begin: %o',
  async ({ chargedAt, beginAtOnce, pays }) => {
    const { id } = await createOrder(database.server, lucia.me.id, {
      since: addDays(today, -3),
      amount: 750,
      alignment: 'anniversary',
      prices: [{ from: addDays(today, -3), amount: 750 }],
      chargedAt,
      beginAtOnce,
    });
    await billOn(database.server, today);
    const withdrawal = { id, status: 'cancelled', cause: 'withdrawal' };
    expect(await changeOrder(database.server, lucia, withdrawal)).toBe('done');
    await billOn(database.server, today);
    const lines = (await findDocuments(database.server, invoices, {}))
      .flatMap((invoice) => invoice.lines)
      .filter(({ order }) => order === id);
    const sum = lines.reduce((all, { amount }) => all + amount, 0);
    if (pays === 0) expect(sum).toBe(0);
    else expect(sum).toBeGreaterThan(70);
    expect(await waiting(id)).toEqual([]);
  },
);

test('adjustments that would leave nothing to pay are kept for a later invoice', async () => {
  const tom = await createPerson(database.server, 'minus', 'client');
  const { id } = await createOrder(database.server, tom.id, { since: today, amount: 750 });
  await database.server.models.adjustments.create({
    ...{ id: database.server.newId(), client: tom.id, order: id, text: 'Given back', amount: -5000 },
    ...{ invoice: null, madeAt: 1, madeBy: null },
  });
  const { invoices: issued } = await billOn(database.server, today);
  expect(issued.find(({ client }) => client === tom.id)?.charges).toHaveLength(1);
  expect(await waiting(id)).toEqual([-5000]);
});
