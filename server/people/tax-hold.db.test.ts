import { afterAll, beforeAll, expect, test } from 'vitest';
import { people } from '#shared/people/schema.ts';
import { findDocument } from '#sync/server/row.ts';
import {
  createPerson,
  madrid,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';

/* A client’s own change never lowers their tax. The earlier rate holds until an accountant accepts the change. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let ines: SignedIn;
beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  await createPerson(database.server, 'ines', 'accountant');
  app = await startApp(database.server);
  lucia = await signIn(app.url, 'lucia');
  ines = await signIn(app.url, 'ines');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

async function change(by: SignedIn, patch: Record<string, unknown>): Promise<string> {
  const { documents } = await pullFrom(by.api, 'people');
  const base = documents.find(({ id }) => id === lucia.me.id);
  if (!base) throw new Error('she is not there');
  const { refusals } = await pushTo(by.api, 'people', [{ base, next: { ...base, ...patch } }]);
  const [refusal] = refusals;
  return refusal ? `${refusal.code} ${refusal.field ?? ''}` : 'accepted';
}
const held = async () =>
  (await findDocument(database.server, people, { where: { id: lucia.me.id } }))?.taxHold?.percent ?? null;
const identity = (over: object) => ({ identity: { ...madrid, taxNumber: '', ...over } });

test('ASVS 2.2.3 moving to a place without VAT holds the earlier tax, and accounting is told', async () => {
  for (const place of [{ postcode: '35001' }, { country: 'US' }, { country: 'FR', postcode: '97110' }]) {
    expect(await change(lucia, identity(place))).toBe('accepted');
    expect(await held()).toBe(2_100);
    expect(await change(lucia, identity({}))).toBe('accepted');
    expect(await held()).toBeNull();
  }
  const emails = await database.server.models.outbox.count({
    where: { kind: 'tax-held', recipient: 'accounting@arf20.com' },
  });
  expect(emails).toBe(3);
});

test('the first details of a client do not lower the tax that visitors see', async () => {
  await database.server.models.people.update({ identity: null }, { where: { id: lucia.me.id } });
  await change(lucia, identity({ country: 'US' }));
  expect(await held()).toBe(2_100);
});

test('changing twice does not get around it, and only an accountant accepts', async () => {
  await change(lucia, identity({ country: 'US', street: 'Another' }));
  expect(await held()).toBe(2_100);
  expect(await change(lucia, { taxHold: null })).toBe('forbidden-field taxHold');
  expect(await change(ines, { taxHold: null })).toBe('accepted');
  expect(await held()).toBeNull();
  expect(await change(lucia, identity({ country: 'US', street: 'A third' }))).toBe('accepted');
  expect(await held()).toBeNull();
});

test('a country that does not exist and a wrong tax number are refused with their field', async () => {
  for (const country of ['SP', 'XX', 'UK']) {
    expect(await change(lucia, identity({ country }))).toBe('invalid identity.country');
  }
  expect(await change(lucia, identity({ taxNumber: '@SUM(1)' }))).toBe('invalid identity.taxNumber');
  expect(await change(lucia, identity({ taxNumber: 'B12345674', vatNumber: 'ESA58818501' }))).toBe(
    'invalid identity.vatNumber',
  );
});
