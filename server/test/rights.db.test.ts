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
 * Walks the table of rights through the real API: every role x collection x document (own and somebody else's) x field
 * x value that the field may have, and every role x collection for new documents. What is expected is read from the
 * table by the few lines below; what happens is what the server stored.
 */

let database: TestDatabase;
let app: TestApp;
let samples: Sample[];
const people = new Map<string, SignedIn>();
let cells = 0;

beforeAll(async () => {
  database = await openTestDatabase();
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
  const granted = (rule.update ?? [])
    .filter(({ when }) => fitsAll(actor, when, document))
    .some(
      ({ fields: names, move }) =>
        names.includes(field) || reached(move?.[field] ?? {}, String(document[field])).has(String(value)),
    );
  return granted ? 'granted' : 'denied';
}

/** Where a field may get to by one move after another: a replica sends only the last. */
function reached(moves: Readonly<Record<string, readonly string[]>>, from: string): Set<string> {
  const values = new Set<string>(moves[from]);
  for (const value of values) for (const next of moves[value] ?? []) values.add(next);
  return values;
}

const noRight = ['forbidden-field', 'not-allowed', 'illegal-move', 'insert-only'];

async function stored({ collection, document }: Sample): Promise<Record<string, unknown>> {
  const row = await database.server.models[collection].findOne({ where: { id: document.id }, raw: true });
  return row as unknown as Record<string, unknown>;
}

/** Puts everything back: a change may have had effects on other documents (a ticket handed over takes its thread along). */
async function restore(): Promise<void> {
  await database.server.models.records.destroy({ where: {} }); // of drafts that are drafts again
  for (const { collection, document } of samples) {
    const { id, ...values } = toRow(collectionOf(collection), document);
    await database.server.models[collection].update(values, { where: { id } });
  }
}

async function happens(who: SignedIn, sample: Sample, next: Fields): Promise<string> {
  const before = await stored(sample);
  const { refusals } = await pushTo(who.api, sample.collection, [{ base: sample.document, next }]);
  const after = await stored(sample);
  const [refusal] = refusals;
  const changed = Object.keys(after).filter((field) => after[field] !== before[field]);
  if (changed.length > 0) await restore();
  if (refusal?.code === 'not-found' && refusal.field === null) return 'not-found';
  if (refusal && noRight.includes(refusal.code))
    return changed.length === 0 ? 'denied' : `changed ${changed.join()}`;
  if (refusal?.code === 'invalid' && refusal.field?.startsWith('id')) return 'denied';
  if (refusal) return 'granted'; // a rule of the collection said no, after the rights said yes
  return changed.length > 0 ? 'granted' : 'ignored';
}

test.each(roles)(
  '%s changes of each document exactly what the table says',
  { timeout: 90_000 },
  async (role) => {
    const who = people.get(role);
    if (!who) throw new Error(role);
    const actor: Actor = who.me;
    const wrong: string[] = [];
    for (const sample of samples) {
      const { collection, document, name } = sample;
      for (const field of Object.keys(collectionOf(collection).schema.shape)) {
        if (field === 'id') continue;
        for (const value of otherValues(collection, field, document[field])) {
          cells += 1;
          const expected = expectedOf(actor, sample, field, value);
          const got = await happens(who, sample, { ...document, [field]: value });
          if (got !== expected)
            wrong.push(`${name} ${field} -> ${JSON.stringify(value)}: ${got}, not ${expected}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  },
);

test.each(roles)('%s creates exactly what the table says', async (role) => {
  const who = people.get(role);
  if (!who) throw new Error(role);
  const wrong: string[] = [];
  for (const sample of samples) {
    const { collection, name, create } = sample;
    if (!create) continue;
    const [next, mayCreate] = create(who.me, database.server.newId);
    cells += 1;
    const { refusals } = await pushTo(who.api, collection, [{ base: null, next }]);
    const row = await database.server.models[collection].findOne({ where: { id: next.id }, raw: true });
    if ((row !== null) !== mayCreate) {
      wrong.push(
        `${name}: ${row ? 'created' : JSON.stringify(refusals[0])}, though it ${mayCreate ? 'may' : 'may not'}`,
      );
    }
  }
  expect(wrong).toEqual([]);
});

test('who has no rights gets and changes nothing: nobody, unverified, disabled', async () => {
  const cookies: Record<string, string> = { nobody: '' };
  for (const status of ['unverified', 'disabled'] as const) {
    const { id } = await createPerson(database.server, `now-${status}`, 'admin');
    cookies[status] = (await signIn(app.url, `now-${status}`)).cookieNow();
    await database.server.models.people.update({ status }, { where: { id } });
  }
  for (const [name, cookie] of Object.entries(cookies)) {
    const caller = callerOf(app.url, cookie);
    for (const collection of collectionNames) {
      cells += 2;
      const pulled = await caller.get('sync.pull', { collection, epoch: 0, since: 0, limit: 10 });
      expect(await codeIn(pulled), `${name} ${collection}`).toBe('signed-out');
      const rows = [{ base: null, next: { id: database.server.newId() } }];
      const pushed = { collection, epoch: 0, device: 'x', deviceNow: Date.now(), rows };
      expect(await codeIn(await caller.post('sync.push', pushed)), `${name} ${collection}`).toBe(
        'signed-out',
      );
    }
  }
});

test('nothing is removed by a push, in any collection, by any role', async () => {
  for (const role of roles) {
    const who = people.get(role);
    for (const sample of samples) {
      cells += 1;
      const next = { ...sample.document, _deleted: true };
      const answer = who && (await pushTo(who.api, sample.collection, [{ base: sample.document, next }]));
      expect(answer?.refusals[0]?.field, `${role} ${sample.name}`).toBe('_deleted');
      expect(await stored(sample)).not.toBeNull();
    }
  }
});

const seen: CollectionName[] = [];
test('every collection is walked', () => {
  for (const { collection } of samples) seen.push(collection);
  expect([...new Set(seen)].sort()).toEqual([...collectionNames].sort());
});
