import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectionNames, type CollectionName } from '#shared/collections.ts';
import { createEverything, type Sample } from './everything.ts';
import {
  openTestDatabase,
  pullFrom,
  signIn,
  startApp,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';
import { collectionsOf } from '#shared/rights.ts';
import { type Role, roles } from '#shared/people/schema.ts';

/*
 * Pulls a whole replica of each role and searches it for documents the role must not have. What each role may
 * have is repeated samplesHere, independently of the product's table of rights.
 */

let database: TestDatabase;
let app: TestApp;
let samples: Sample[];

beforeAll(async () => {
  database = await openTestDatabase();
  samples = await createEverything(database.server);
  app = await startApp(database.server);
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

type Dump = Record<CollectionName, Record<string, unknown>[]>;

async function dumpOf(role: Role): Promise<{ id: string; dump: Dump }> {
  const { api, me } = await signIn(app.url, `own-${role}`);
  const lists = await Promise.all(
    collectionNames.map(async (name) => [name, (await pullFrom(api, name)).documents] as const),
  );
  return { id: me.id, dump: Object.fromEntries(lists) as unknown as Dump }; // one entry per collection
}

const owner = (sample: Sample) => sample.document['client'] ?? sample.document['person'] ?? null;
const isNote = ({ document }: Sample) => document['kind'] === 'note';
const isIn = (queue: string) => (sample: Sample) => sample.document['queue'] === queue;

/** Tells which of the samples each role may have. */
const mayHave: Record<Role, (sample: Sample, me: string) => boolean> = {
  client: (sample, me) => {
    const { collection, document } = sample;
    if (collection === 'people') return document.id === me;
    if (collection === 'cannedReplies') return false;
    if (collection === 'services') return true;
    if (collection === 'announcements') return owner(sample) === null || owner(sample) === me;
    return owner(sample) === me && !isNote(sample) && document['status'] !== 'draft';
  },
  helpdesk: (sample, me) => {
    const { collection, document } = sample;
    if (collection === 'invoices' || collection === 'payments') return false;
    if (collection === 'readReceipts') return owner(sample) === me;
    if (collection === 'announcements') return document['audience'] === 'everybody';
    return (
      !['tickets', 'messages', 'files', 'cannedReplies'].includes(collection) || isIn('technical')(sample)
    );
  },
  accountant: (sample, me) => {
    const { collection, document } = sample;
    if (collection === 'readReceipts') return owner(sample) === me;
    if (collection === 'announcements') return document['audience'] === 'everybody';
    if (collection === 'files') return document['kind'] !== 'attachment' || isIn('billing')(sample);
    return !['tickets', 'messages', 'cannedReplies'].includes(collection) || isIn('billing')(sample);
  },
  admin: (sample, me) => sample.collection !== 'readReceipts' || owner(sample) === me,
};

/** The fields that a role never receives, by collection. */
const never: Record<Role, Partial<Record<CollectionName, string[]>>> = {
  client: {
    orders: ['notes'],
    messages: ['author'],
    payments: ['bookedBy'],
    tickets: ['assignee', 'priority', 'closedBy'],
  },
  helpdesk: { orders: ['prices', 'billingPeriod', 'anchor', 'billFrom', 'alignment', 'chargedAt'] },
  accountant: { orders: ['notes', 'accessDetails'] },
  admin: {},
};

test.each(roles)('the replica of a %s holds exactly the documents that the role may see', async (role) => {
  const { id, dump } = await dumpOf(role);
  for (const name of collectionNames) {
    const samplesHere = samples.filter(({ collection }) => collection === name);
    const expected = samplesHere
      .filter((sample) => mayHave[role](sample, id))
      .map(({ document }) => document.id);
    const known = new Set(samplesHere.map(({ document }) => document.id));
    const received = dump[name].map((each) => String(each['id'])).filter((each) => known.has(each));
    expect(received.sort(), `${role} ${name}`).toEqual(expected.sort());
    for (const document of dump[name]) {
      for (const field of never[role][name] ?? [])
        expect(document, `${role} ${name}`).not.toHaveProperty(field);
    }
  }
});

test('only accountants and admins receive the billing identities of others, and nobody receives secrets', async () => {
  for (const role of roles) {
    const { id, dump } = await dumpOf(role);
    const others = dump.people.filter((each) => each['id'] !== id);
    const fields = new Set(others.flatMap((each) => Object.keys(each)));
    expect(fields.has('identity'), role).toBe(role === 'accountant' || role === 'admin');
    expect(fields.has('username'), role).toBe(role === 'admin');
    expect(JSON.stringify(dump)).not.toMatch(/argon2|passwordHash|secret/i);
  }
});

test('texts that only others may read appear nowhere in a replica', async () => {
  const text = Object.fromEntries(
    await Promise.all(roles.map(async (role) => [role, JSON.stringify((await dumpOf(role)).dump)] as const)),
  ) as Record<Role, string>;
  expect(text.client).toContain('own-client access-details');
  expect(text.client).not.toMatch(/"tom |management-notes|note by/);
  expect(text.helpdesk).toContain('own-client management-notes');
  expect(text.helpdesk).not.toMatch(
    /billing (?:subject|answer|note)|invoice (?:draft|unpaid|paid)|B12345674/,
  );
  expect(text.accountant).toContain('tom billing note');
  expect(text.accountant).not.toMatch(/access-details|management-notes|technical (?:subject|answer|note)/);
  expect(text.admin).toMatch(/tom technical note by helpdesk/);
});

test('a role opens only collections in which it may see documents', () => {
  expect(collectionsOf('helpdesk')).not.toContain('invoices');
  expect(collectionsOf('client')).not.toContain('cannedReplies');
  // RxDB without a licence stalls at the 14th collection of a page. One is reserved for refusals.
  for (const role of roles) expect(collectionsOf(role).length).toBeLessThanOrEqual(11);
});
