import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectionOf, type CollectionName, type Fields } from '#shared/collections.ts';
import { roles } from '#shared/people/schema.ts';
import { view } from '#shared/rights.ts';
import { toRow } from '#sync/server/row.ts';
import { createEverything, type Sample } from './everything.ts';
import { otherValues } from './other-values.ts';
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

/*
 * A property of every write of every role: its answer does not depend on anything that the writer may not read. The writer
 * guesses a hidden field of a document, or refers to a document that they cannot see. The answer is the same whether the
 * guess is right or the document exists.
 */

let database: TestDatabase;
let app: TestApp;
let samples: Sample[];
beforeAll(async () => {
  database = await openTestDatabase();
  delete database.server.sync.admit; // the tests push more documents than a client may in a quarter of an hour
  hurry(database.server);
  samples = await createEverything(database.server);
  for (const status of ['unverified', 'disabled'] as const) {
    const person = await createPerson(database.server, `${status}-client`, 'client');
    await database.server.models.people.update({ status }, { where: { id: person.id } });
    samples.push({ name: status, collection: 'people', document: { ...person, status } });
  }
  const nobody = await createPerson(database.server, 'no-details', 'client');
  await database.server.models.people.update({ identity: null }, { where: { id: nobody.id } });
  samples.push({ name: 'without details', collection: 'people', document: { ...nobody, identity: null } });
  app = await startApp(database.server);
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

/** Every write has its own time. */
let written = 1_000_000;

async function answerTo(
  { api }: SignedIn,
  collection: CollectionName,
  { base, next }: { base: Fields | null; next: Fields },
) {
  written += 1;
  const { refusals, documents } = await pushTo(api, collection, [
    { base, next: { ...next, writtenAt: written } },
  ]);
  const refusal = refusals[0] ? { ...refusals[0], id: '' } : null;
  return JSON.stringify({ refusal, differs: documents.length > 0 });
}

async function restore(sample: Sample): Promise<void> {
  const { id, ...values } = toRow(collectionOf(sample.collection), sample.document);
  await database.server.models[sample.collection].update(values, { where: { id } });
}

/** The collections that references name. */
const references: Readonly<Record<string, CollectionName>> = {
  client: 'people',
  assignee: 'people',
  person: 'people',
  author: 'people',
  service: 'services',
  order: 'orders',
  ticket: 'tickets',
  message: 'messages',
  invoice: 'invoices',
  corrects: 'invoices',
};

/** Another value that the field may have. A reference names a document that exists. */
function otherIn(document: Fields, collection: CollectionName, field: string): unknown {
  const isOther = (each: Sample) =>
    each.collection === references[field] && each.document.id !== document[field];
  const target = samples.find(isOther)?.document.id;
  return target ?? otherValues(collection, field, document[field])[0];
}

/** One document of each kind and state is enough: the rights of two of them are the same. */
function oneOfEachState(of: readonly Sample[]): Sample[] {
  const states = new Map<string, Sample>();
  for (const sample of of) {
    const { role, status, kind, emailState, queue } = sample.document;
    states.set(JSON.stringify([sample.collection, role, status, kind, emailState, queue]), sample);
  }
  return [...states.values()];
}

test.each(roles)('ASVS 8.2.3 no answer tells %s whether a guess of a hidden field is right', async (role) => {
  const caller = await signIn(app.url, `own-${role}`);
  const wrong: string[] = [];
  let guesses = 0;
  for (const sample of oneOfEachState(
    samples.filter(({ collection, document }) => view(caller.me, collection, document)),
  )) {
    const { collection, document, name } = sample;
    const visible = view(caller.me, collection, document) ?? document;
    const { derived } = collectionOf(collection);
    const hidden = Object.keys(document).filter((field) => !Object.hasOwn(visible, field));
    for (const field of hidden.filter((each) => !derived.includes(each))) {
      const other = otherIn(document, collection, field);
      for (const base of [null, visible, { ...visible, [field]: other }]) {
        for (const guess of [document[field], other]) {
          const answers = [];
          for (const actual of [document[field], other]) {
            await restore({ ...sample, document: { ...document, [field]: actual } });
            const next = { ...document, ...visible, [field]: guess };
            answers.push(await answerTo(caller, collection, { base, next }));
          }
          guesses += 1;
          if (answers[0] !== answers[1]) wrong.push(`${name} ${field}: ${answers.join(' but ')}`);
        }
      }
    }
    await restore(sample);
  }
  expect(wrong).toEqual([]);
  expect(guesses > 0).toBe(role !== 'admin'); // an admin reads everything
});

test.each(roles)(
  'ASVS 8.2.3 no answer tells %s whether a document that they cannot see exists, or its state',
  async (role) => {
    const caller = await signIn(app.url, `own-${role}`);
    const { newId } = database.server;
    const wrong: string[] = [];
    for (const { collection, name, create } of oneOfEachState(samples)) {
      if (!create) continue;
      const fields = Object.keys(collectionOf(collection).schema.shape);
      for (const field of fields.filter((each) => references[each] !== undefined)) {
        const unseen = oneOfEachState(
          samples
            .filter((each) => each.collection === references[field])
            .filter((each) => !view(caller.me, each.collection, each.document)),
        );
        const answerFor = (id: string) => {
          const [next] = create(caller.me, newId);
          return answerTo(caller, collection, { base: null, next: { ...next, [field]: id } });
        };
        const expected = await answerFor(newId());
        for (const { document, name: target } of unseen) {
          const answer = await answerFor(document.id);
          if (answer !== expected)
            wrong.push(`${name} ${field} = ${target}: ${answer}, unknown: ${expected}`);
        }
      }
    }
    expect(wrong).toEqual([]);
  },
);
