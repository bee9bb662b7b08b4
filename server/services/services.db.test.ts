import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';

/* The admin maintains the catalogue, and every service in it can be priced. */

let database: TestDatabase;
let app: TestApp;
let arturo: SignedIn;

beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'arturo', 'admin');
  app = await startApp(database.server);
  arturo = await signIn(app.url, 'arturo');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const price = { amount: 100, billingPeriod: 'month', terms: [] };
const service = (over: Record<string, unknown>) => ({
  id: database.server.newId(),
  slug: `backup ${Math.random()}`,
  names: { en: 'Backup', es: 'Copia' },
  taglines: { en: '', es: '' },
  type: 'standard',
  options: [],
  pricedByAdmin: false,
  chargedAt: 'end',
  descriptions: { en: '', es: '' },
  available: true,
  prices: [price],
  writtenAt: Date.now(),
  seq: 0,
  ...over,
});

test('an admin adds a service and changes it', async () => {
  const next = service({});
  const { refusals, documents } = await pushTo(arturo.api, 'services', [{ base: null, next }]);
  expect(refusals).toEqual([]);
  const [added] = documents;
  const changed = { ...added, prices: [{ ...price, amount: 200 }], writtenAt: Date.now() + 1 };
  const answer = await pushTo(arturo.api, 'services', [{ base: added ?? null, next: changed }]);
  expect(answer.refusals).toEqual([]);
  expect(answer.documents[0]).toMatchObject({ prices: [{ amount: 200 }] });
});

const range = { min: 1000, max: 9000, step: 1000 };
test.each([
  ['without a price', { prices: [] }, 'prices', 'none'],
  ['with two prices for one period', { prices: [price, price] }, 'prices', 'twice'],
  [
    'with a range without steps',
    {
      options: [
        {
          key: 'ram',
          labels: { en: 'Memory', es: 'Memoria' },
          unit: 'GB',
          choices: null,
          range: { ...range, step: 0 },
        },
      ],
    },
    'options',
    'range',
  ],
  [
    'with one option twice',
    {
      options: [1, 2].map(() => ({
        key: 'ram',
        labels: { en: 'Memory', es: 'Memoria' },
        unit: 'GB',
        choices: null,
        range,
      })),
    },
    'options',
    'twice',
  ],
  [
    'with an option that offers nothing',
    {
      options: [
        { key: 'ram', labels: { en: 'Memory', es: 'Memoria' }, unit: 'GB', choices: null, range: null },
      ],
    },
    'options',
    'choices-or-range',
  ],
  [
    'whose price names an unknown option',
    { prices: [{ ...price, terms: [{ option: 'ram', linear: 1, quadratic: 0 }] }] },
    'prices',
    'unknown-option',
  ],
])('a service %s is refused', async (_, over, field, detail) => {
  const { refusals } = await pushTo(arturo.api, 'services', [{ base: null, next: service(over) }]);
  expect(refusals).toMatchObject([{ code: 'invalid', field, detail }]);
});
