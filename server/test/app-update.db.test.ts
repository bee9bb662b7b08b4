import 'fake-indexeddb/auto';
import { createRxDatabase, type RxCollection, type RxJsonSchema } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { firstValueFrom } from 'rxjs';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collectionOf, type Documents, type Fields } from '#shared/collections.ts';
import { draftNames } from '#sync/client/reset.ts';
import { refusalsSchema } from '#sync/client/refusals.ts';
import { rxSchemaOf } from '#sync/client/rx-schema.ts';
import { isPush } from './failing-proxy.ts';
import { change } from './many-tickets.ts';
import {
  expectEqual,
  documentsOf,
  documentOf,
  proxiedDevice,
  refusalsOf,
  unsentIds,
  type ProxiedDevice,
} from './proxied-device.ts';
import { answerTo, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  until,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/*
 * After an app update, the data that an older version left on the device opens without network, and nothing
 * is lost.
 */

let database: TestDatabase;
let app: TestApp;
let lucia: Documents['people'];
let other: SignedIn;
let tickets: Documents['tickets'][];
const open: ProxiedDevice[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  lucia = await createPerson(database.server, 'lucia', 'client');
  for (const agent of ['ana', 'marc']) await createPerson(database.server, agent, 'helpdesk');
  app = await startApp(database.server);
  other = await signIn(app.url, 'marc');
  const { api } = await signIn(app.url, 'lucia');
  tickets = Array.from({ length: 6 }, (_, i) => ticketBy(lucia, { subject: `ticket ${i}` }));
  for (const ticket of tickets) {
    await pushTo(api, 'tickets', [{ base: null, next: ticket }]);
    await pushTo(api, 'messages', [{ base: null, next: answerTo(ticket, `about ${ticket.subject}`) }]);
  }
});
afterEach(async () => {
  for (const device of open.splice(0)) await device.end();
  await app.stop();
  await database.close();
});

async function device(login: string, storage: 'slow dexie' | 'dexie'): Promise<ProxiedDevice> {
  const created = await proxiedDevice(app.url, login, storage);
  open.push(created);
  return created;
}

/** The fields that the older version of the app did not have yet. */
const newFields = ['unsent', 'base', 'created', 'emailState'];

function olderSchema(name: 'tickets' | 'messages'): RxJsonSchema<Fields> {
  const { properties, indexes = [], ...rest } = rxSchemaOf(collectionOf(name));
  const own = indexes
    .map((index) => [index].flat())
    .filter(([first]) => first !== 'unsent' && first !== 'id');
  const fields = Object.entries(properties as object).filter(([field]) => !newFields.includes(field));
  const seq = { type: 'number', minimum: 0, maximum: Number.MAX_SAFE_INTEGER, multipleOf: 1 };
  return {
    ...rest,
    version: 0,
    properties: { ...Object.fromEntries(fields), seq },
    required: [...new Set(['id', 'seq', ...own.flat()])],
    indexes: [...own, ['seq']],
  };
}

function olderForm(document: Record<string, unknown> & { id: string }): Fields {
  const entries = Object.entries(document).filter(
    ([field]) => field !== '_deleted' && !newFields.includes(field),
  );
  return { ...Object.fromEntries(entries), id: document.id };
}

type OlderWrites = { ticket: Documents['tickets']; message: ReturnType<typeof answerTo> };

/**
 * Fills the device as the older version left it: all documents that the server shows, unsent writes (a
 * client's new ticket and message, or an agent's change of a ticket) and a draft. Then cuts the network.
 */
async function fillAsOlderVersion({ api, me, name, proxy }: ProxiedDevice): Promise<OlderWrites> {
  const db = await createRxDatabase({
    name,
    storage: getRxStorageDexie(),
    multiInstance: false,
    eventReduce: true,
  });
  await db.addCollections({
    tickets: { schema: olderSchema('tickets') },
    messages: { schema: olderSchema('messages') },
    refusals: { schema: refusalsSchema, localDocuments: true },
  });
  const opened = db.collections as Record<string, RxCollection<Fields>>;
  for (const each of ['tickets', 'messages'] as const) {
    const { documents } = await pullFrom(api, each);
    await opened[each]?.bulkInsert(documents.map(olderForm));
  }
  const ticket = ticketBy(lucia, { subject: 'written under the older version' });
  const message = answerTo(ticket, 'an hour of typing');
  const now = Date.now();
  const times = { createdAt: now, updatedAt: now, writtenAt: now, seq: 0 };
  if (me.id === lucia.id) {
    await opened['tickets']?.insert(olderForm({ ...ticket, ...times }));
    await opened['messages']?.insert(olderForm({ ...message, ...times }));
  } else {
    const closed = await opened['tickets']?.findOne(tickets[1]?.id ?? '').exec();
    await closed?.patch({
      status: 'closed',
      closingComment: 'under the older version',
      writtenAt: now,
      seq: 0,
    });
  }
  await opened['refusals']?.upsertLocal(draftNames, { names: ['reply:1'] });
  await opened['refusals']?.upsertLocal('draft:reply:1', { text: 'Half a sentence' });
  await db.close();
  proxy.fault = () => ({ cut: 'before' });
  return { ticket, message };
}

async function draft(on: ProxiedDevice): Promise<unknown> {
  return (await on.replica().refusals.getLocal<{ text: string }>('draft:reply:1'))?.get('text');
}

test('after an update the app opens offline with all lists, unsent writes and drafts, and then sends every write once', async () => {
  const client = await device('lucia', 'slow dexie');
  const { ticket, message } = await fillAsOlderVersion(client);
  const replica = await client.open();
  const subjects = (await documentsOf(client, 'tickets')).map(({ subject }) => subject).sort();
  expect(subjects).toEqual([...tickets.map(({ subject }) => subject), ticket.subject].sort());
  const messages = await documentsOf(client, 'messages');
  expect(messages.filter(({ kind }) => kind === 'answer')).toHaveLength(7);
  expect(messages.every(({ emailState }) => emailState === 'due')).toBe(true);
  const list = replica
    .collection('tickets')
    .find({ selector: { status: 'open' }, sort: [{ recent: 'asc' }] });
  expect(await list.exec()).toHaveLength(7);
  const waiting = await firstValueFrom(replica.waiting);
  expect(waiting.map(({ document, base }) => [document.id, base])).toEqual([
    [ticket.id, null],
    [message.id, null],
  ]);
  expect(await draft(client)).toBe('Half a sentence');

  await change(other, tickets[0]?.id ?? '', { priority: 'high', status: 'closed', closingComment: 'done' });
  client.proxy.fault = () => null;
  replica.resync();
  await until(async () => (await unsentIds(client)).length === 0);
  await replica.replication.pulledOnce();
  await expectEqual(database.server, client);
  expect(await refusalsOf(client)).toEqual([]);
  const sent = client.proxy.log.filter((each) => isPush(each) && each.answered).flatMap(({ ids }) => ids);
  expect(sent).toEqual([ticket.id, message.id]);
  expect(await database.server.models.tickets.count({ where: { subject: ticket.subject } })).toBe(1);
});

test('a close that the older version had not sent yet is sent after the update', async () => {
  const agent = await device('ana', 'slow dexie');
  await fillAsOlderVersion(agent);
  const id = tickets[1]?.id ?? '';
  await change(other, id, { priority: 'high' });
  const replica = await agent.open();
  expect(await unsentIds(agent)).toEqual([id]);
  agent.proxy.fault = () => null;
  replica.resync();
  await until(async () => (await unsentIds(agent)).length === 0);
  expect(await refusalsOf(agent)).toEqual([]);
  const closed = { status: 'closed', closingComment: 'under the older version', priority: 'high' };
  expect(await documentOf(agent, 'tickets', id)).toMatchObject(closed);
  await expectEqual(database.server, agent);
});

test('a ticket that was handed to the other queue before the update disappears from the device', async () => {
  const agent = await device('ana', 'slow dexie');
  await fillAsOlderVersion(agent);
  const lost = tickets[2]?.id ?? '';
  await change(other, lost, { queue: 'billing' });
  agent.proxy.fault = () => null;
  const replica = await agent.open();
  await replica.replication.pulledOnce();
  await replica.replication.inSync();
  expect(await documentOf(agent, 'tickets', lost)).toBeNull();
  await expectEqual(database.server, agent);
});

test.each([
  ['data may still be older', 'slow dexie', true],
  ['data is known to be of this version', 'dexie', false],
] as const)(
  'opening the app again after an update (%s) does not migrate a second time and keeps unsent writes',
  async (_, storage, mayBeOlder) => {
    const client = await device('lucia', 'slow dexie');
    const { ticket, message } = await fillAsOlderVersion(client);
    const revisions = async () => {
      const { storageInstance } = client.replica().collection('tickets');
      const found = await storageInstance.findDocumentsById(
        [...tickets, ticket].map(({ id }) => id),
        false,
      );
      return found.map(({ id, _rev, _meta }) => `${id} ${_rev} ${_meta.lwt}`).sort();
    };
    await client.open();
    const before = await revisions();
    expect(before).toHaveLength(7);
    await client.replica().close();
    await new Promise((soon) => setTimeout(soon, 20));
    const replica = await client.open({ storage, mayBeOlder });
    expect(await revisions()).toEqual(before);
    expect(await documentsOf(client, 'tickets')).toHaveLength(7);
    expect((await unsentIds(client)).sort()).toEqual([ticket.id, message.id].sort());
    expect(await draft(client)).toBe('Half a sentence');
    client.proxy.fault = () => null;
    replica.resync();
    await until(async () => (await unsentIds(client)).length === 0);
    await expectEqual(database.server, client);
  },
);

test('a device that never had an older version opens without a migration and gets everything', async () => {
  const client = await device('lucia', 'dexie');
  const replica = await client.open({ mayBeOlder: false });
  await replica.replication.pulledOnce();
  expect(await documentsOf(client, 'tickets')).toHaveLength(6);
  await expectEqual(database.server, client);
  const ticket = ticketBy(lucia);
  await replica.insert('tickets', ticket);
  await until(async () => (await unsentIds(client)).length === 0);
  await replica.close();
  await client.open({ mayBeOlder: false });
  expect(await documentOf(client, 'tickets', ticket.id)).not.toBeNull();
  await expectEqual(database.server, client);
});
