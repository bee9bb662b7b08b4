import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectionNames } from '#shared/collections.ts';
import { callerOf } from './account-caller.ts';
import { createEverything, type Sample } from './everything.ts';
import { fuzz, mostMs } from './fuzz.ts';
import {
  hurry,
  openTestDatabase,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

let database: TestDatabase;
let app: TestApp;
let samples: Sample[];
let people: SignedIn[];
beforeAll(async () => {
  database = await openTestDatabase();
  delete database.server.sync.admit; // far more documents than a person pushes
  hurry(database.server);
  samples = await createEverything(database.server);
  app = await startApp(database.server);
  people = await Promise.all(
    ['client', 'helpdesk', 'accountant', 'admin'].map((role) => signIn(app.url, `own-${role}`)),
  );
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const { parameters, timeout } = fuzz(300);

/** A row: a real document in which fields are exchanged for any JSON, on a base that may be damaged too. */
const change = fc.dictionary(fc.string({ maxLength: 12 }), fc.jsonValue({ maxDepth: 3 }), { maxKeys: 3 });
const write = fc.record({
  sample: fc.nat(),
  person: fc.nat(3),
  collection: fc.oneof(fc.constant(null), fc.constantFrom(...collectionNames), fc.string({ maxLength: 10 })),
  fields: fc.array(fc.tuple(fc.nat(), fc.jsonValue({ maxDepth: 3 })), { maxLength: 3 }),
  more: change,
  base: fc.oneof(fc.constant('none' as const), fc.constant('own' as const), change),
  isNew: fc.boolean(),
  epoch: fc.oneof(fc.constant(0), fc.integer(), fc.jsonValue({ maxDepth: 1 })),
});

test('no push, whatever it contains, is an error of the server or takes long', { timeout }, async () => {
  let calls = 0;
  await fc.assert(
    fc.asyncProperty(write, async ({ sample: at, person, collection, fields, more, base, isNew, epoch }) => {
      const sample = samples[at % samples.length];
      const from = people[person];
      if (!sample || !from) throw new Error('there are samples and people');
      const { document } = sample;
      const names = Object.keys(document);
      const changed = fields.map(([which, value]): [string, unknown] => [
        names[which % names.length] ?? '',
        value,
      ]);
      const id = isNew ? database.server.newId() : document.id;
      const next = {
        ...document,
        id,
        ...Object.fromEntries<unknown>(changed),
        ...more,
        writtenAt: Date.now() + (calls += 1),
      };
      const shown = base === 'own' ? document : base === 'none' ? null : { ...document, ...(base as object) };
      const row = { base: shown, next };
      const body = {
        collection: collection ?? sample.collection,
        epoch,
        device: 'fuzz',
        deviceNow: Date.now(),
        rows: [row],
      };
      const start = performance.now();
      const answer = await callerOf(app.url, from.cookieNow()).post('sync.push', body);
      expect(performance.now() - start).toBeLessThan(mostMs);
      expect(answer.status, `${JSON.stringify(body)}: ${await answer.text()}`).toBeLessThan(500);
    }),
    parameters,
  );
});
