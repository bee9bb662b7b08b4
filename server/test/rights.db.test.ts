import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectionNames, collectionOf, type CollectionName, type Fields } from '#shared/collections.ts';
import { serverTimes } from '#shared/engine/collection.ts';
import { policy } from '#shared/policy.ts';
import type { Condition } from '#shared/engine/rule.ts';
import { createEverything, type Sample } from './everything.ts';
import { otherValues } from './other-values.ts';
import { callerOf, codeIn } from './account-caller.ts';
import {
  createPerson,
  hurry,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';
import { toRow } from '#sync/server/row.ts';
import type { Actor } from '#shared/people/actor.ts';
import { roles } from '#shared/people/schema.ts';

/*
 * Checks the table of rights through the real API: every role x collection x document (own and another
 * person's) x field x value that the field may have, and every role x collection for new documents. The
 * expected result is computed from the table by the few lines below. The actual result is what the server
 * stored.
 */

let database: TestDatabase;
let app: TestApp;
let samples: Sample[];
const people = new Map<string, SignedIn>();
let cells = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  delete database.server.sync.admit; // the tests push more documents than a client may in a quarter of an hour
  hurry(database.server);
  samples = await createEverything(database.server);
  app = await startApp(database.server);
  for (const role of roles) people.set(role, await signIn(app.url, `own-${role}`));
});
afterAll(async () => {
  console.log(`rights: ${cells} cells walked`);
  await app.stop();
  await database.close();
});

const fitsAll = (actor: Actor, when: Condition, document: Fields) =>
  Object.entries(when).every(([field, values]) =>
    values === '@me' ? document[field] === actor.id : values.includes(String(document[field])),
  );

type Expected = 'not-found' | 'ignored' | 'granted' | 'denied';

function expectedOf(actor: Actor, { collection, document }: Sample, field: string, value: unknown): Expected {
  const rule = policy[collection][actor.role];
  const readable = rule.read.find(({ when }) => fitsAll(actor, when, document));
  if (!readable) return 'not-found';
  const { derived } = collectionOf(collection);
  if (field === 'writtenAt' || serverTimes.includes(field) || derived.includes(field)) return 'ignored';
  const { fields } = readable;
  const hidden = fields !== '*' && ('but' in fields ? fields.but.includes(field) : !fields.includes(field));
  if (hidden) return 'denied';
  const isGranted = (rule.update ?? [])
    .filter(({ when }) => fitsAll(actor, when, document))
    .some(
      ({ fields: names, move }) =>
        names.includes(field) || reachable(move?.[field] ?? {}, String(document[field])).has(String(value)),
    );
  return isGranted ? 'granted' : 'denied';
}

/** The values that a field can reach by a sequence of moves. A replica sends only the last one. */
function reachable(moves: Readonly<Record<string, readonly string[]>>, from: string): Set<string> {
  const values = new Set<string>(moves[from]);
  for (const value of values) for (const next of moves[value] ?? []) values.add(next);
  return values;
}

const noRight = ['forbidden-field', 'not-allowed', 'illegal-move', 'insert-only'];

async function stored({ collection, document }: Sample): Promise<Record<string, unknown>> {
  const row = await database.server.models[collection].findOne({ where: { id: document.id }, raw: true });
  return row as unknown as Record<string, unknown>;
}

/**
 * Restores all documents, because a change may have affected others (a ticket handed over takes its thread
 * along).
 */
async function restore(): Promise<void> {
  await database.server.models.records.destroy({ where: {} }); // records of issued drafts, which become drafts again
  for (const { collection, document } of samples) {
    const { id, ...values } = toRow(collectionOf(collection), document);
    await database.server.models[collection].update(values, { where: { id } });
  }
}

async function resultOf(caller: SignedIn, sample: Sample, next: Fields): Promise<string> {
  const before = await stored(sample);
  const { refusals } = await pushTo(caller.api, sample.collection, [{ base: sample.document, next }]);
  const after = await stored(sample);
  const [refusal] = refusals;
  const changed = Object.keys(after).filter((field) => after[field] !== before[field]);
  if (changed.length > 0) await restore();
  if (refusal?.code === 'not-found' && refusal.field === null) return 'not-found';
  if (refusal && noRight.includes(refusal.code))
    return changed.length === 0 ? 'denied' : `changed ${changed.join()}`;
  if (refusal?.code === 'invalid' && refusal.field?.startsWith('id')) return 'denied';
  if (refusal) return 'granted'; // a rule of the collection refused it after the rights allowed it
  return changed.length > 0 ? 'granted' : 'ignored';
}

test.each(roles)(
  '%s can change exactly the fields and values that the table of rights allows',
  { timeout: 90_000 },
  async (role) => {
    const caller = people.get(role);
    if (!caller) throw new Error(role);
    const actor: Actor = caller.me;
    const wrong: string[] = [];
    for (const sample of samples) {
      const { collection, document, name } = sample;
      for (const field of Object.keys(collectionOf(collection).schema.shape)) {
        if (field === 'id') continue;
        for (const value of otherValues(collection, field, document[field])) {
          cells += 1;
          const expected = expectedOf(actor, sample, field, value);
          const actual = await resultOf(caller, sample, { ...document, [field]: value });
          if (actual !== expected)
            wrong.push(`${name} ${field} -> ${JSON.stringify(value)}: ${actual}, not ${expected}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.each(roles)('%s can create exactly the documents that the table of rights allows', async (role) => {
  const caller = people.get(role);
  if (!caller) throw new Error(role);
  const wrong: string[] = [];
  for (const sample of samples) {
    const { collection, name, create } = sample;
    if (!create) continue;
    const [next, mayCreate] = create(caller.me, database.server.newId);
    cells += 1;
    const { refusals } = await pushTo(caller.api, collection, [{ base: null, next }]);
    const row = await database.server.models[collection].findOne({ where: { id: next.id }, raw: true });
    if ((row !== null) !== mayCreate) {
      wrong.push(
        `${name}: ${row ? 'created' : JSON.stringify(refusals[0])}, though it ${mayCreate ? 'may' : 'may not'}`,
      );
    }
  }
  expect(wrong).toEqual([]);
});

test('callers that are signed out, unverified or disabled can read and change nothing', async () => {
  const cookies: Record<string, string> = { nobody: '' };
  for (const status of ['unverified', 'disabled'] as const) {
    const { id } = await createPerson(database.server, `now-${status}`, 'admin');
    cookies[status] = (await signIn(app.url, `now-${status}`)).cookieNow();
    await database.server.models.people.update({ status }, { where: { id } });
  }
  for (const [name, cookie] of Object.entries(cookies)) {
    const api = callerOf(app.url, cookie);
    for (const collection of collectionNames) {
      cells += 2;
      const pulled = await api.get('sync.pull', { collection, epoch: 0, since: 0, limit: 10 });
      expect(await codeIn(pulled), `${name} ${collection}`).toBe('signed-out');
      const rows = [{ base: null, next: { id: database.server.newId() } }];
      const pushed = { collection, epoch: 0, device: 'x', deviceNow: Date.now(), rows };
      expect(await codeIn(await api.post('sync.push', pushed)), `${name} ${collection}`).toBe('signed-out');
    }
  }
});

test('no role can remove a document by a push, in any collection', async () => {
  for (const role of roles) {
    const caller = people.get(role);
    for (const sample of samples) {
      cells += 1;
      const next = { ...sample.document, _deleted: true };
      const answer =
        caller && (await pushTo(caller.api, sample.collection, [{ base: sample.document, next }]));
      expect(answer?.refusals[0]?.field, `${role} ${sample.name}`).toBe('_deleted');
      expect(await stored(sample)).not.toBeNull();
    }
  }
});

const seen: CollectionName[] = [];
test('the samples cover every collection', () => {
  for (const { collection } of samples) seen.push(collection);
  expect([...new Set(seen)].sort()).toEqual([...collectionNames].sort());
});
