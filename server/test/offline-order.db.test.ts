import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { collections, type CollectionName, type Documents } from '#shared/collections.ts';
import { rights } from '#shared/rights.ts';
import { openReplica, type Replica } from '#sync/client/store.ts';
import { answerTo, find, openDevice, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';
import { newId } from '../demo/new-id.ts';
import { reviewAnswer } from '#shared/tickets/review-answer.ts';

/* Writes made offline in a given order have the same effect when they are sent, even if some are sent twice. */

let database: TestDatabase;
let app: TestApp;
let replica: Replica<Documents>;
let lucia: Documents['people'];
let online = true;

beforeEach(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'arturo', 'admin');
  await createPerson(database.server, 'ana', 'helpdesk');
  await createPerson(database.server, 'ines', 'accountant');
  lucia = await createPerson(database.server, 'lucia', 'client');
  app = await startApp(database.server);
  online = true;
  const { api, me, epoch } = await signIn(app.url, 'lucia', {
    before: () => {
      if (!online) throw new TypeError('offline');
    },
  });
  replica = await openReplica<Documents>({
    name: `r-${newId(Date.now())}`,
    role: me.role,
    person: me.id,
    epoch,
    storage: getRxStorageMemory() as never, // both storages have one interface
    api: api.sync,
    collections,
    rights,
    rules: { review: reviewAnswer },
    device: 'test-order',
    now: Date.now,
    multiInstance: false,
    retryMs: 50,
    only: ['tickets', 'files', 'messages'],
  });
  await replica.replication.pulledOnce();
});
afterEach(async () => {
  await replica.remove();
  await app.stop();
  await database.close();
});

const refused = async () =>
  (await replica.refusals.find().exec()).map(
    ({ collectionName, code, field }) => `${collectionName} ${code} ${field}`,
  );

async function sent(name: 'tickets' | 'messages' | 'files', id: string): Promise<void> {
  await until(async () => Number((await replica.collection(name).findOne(id).exec())?.get('seq') ?? 0) > 0);
}

async function backOnline(): Promise<void> {
  online = true;
  replica.resync();
  await replica.replication.inSync();
}

async function stored(collection: CollectionName, id: string): Promise<Record<string, unknown> | null> {
  return (await database.server.models[collection].findOne({ where: { id }, raw: true })) as never; // a row or null
}

test('an attachment that was written offline together with its message is accepted', async () => {
  const ticket = ticketBy(lucia);
  await replica.insert('tickets', ticket);
  await sent('tickets', ticket.id);
  online = false;
  const message = answerTo(ticket, 'See the picture');
  await replica.insert('messages', message);
  const file: Omit<Documents['files'], 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq'> = {
    id: newId(Date.now()),
    kind: 'attachment',
    client: lucia.id,
    queue: 'technical',
    ticket: ticket.id,
    message: message.id,
    visibility: 'client',
    invoice: null,
    mediaType: 'image/png',
    fileName: 'a.png',
    size: 10,
    sha256: 'a'.repeat(64),
    state: 'expected',
    reason: null,
  };
  await replica.insert('files', file);
  await backOnline();
  expect(await refused()).toEqual([]);
  expect(await stored('files', file.id)).toMatchObject({ message: message.id });
});

test('a ticket that was opened, answered and closed offline arrives closed', async () => {
  online = false;
  const ticket = ticketBy(lucia);
  await replica.insert('tickets', ticket);
  await replica.insert('messages', answerTo(ticket, 'Solved it myself'));
  await replica.patch('tickets', ticket.id, { status: 'closed' });
  await backOnline();
  expect(await refused()).toEqual([]);
  expect(await stored('tickets', ticket.id)).toMatchObject({ status: 'closed' });
  expect((await replica.collection('tickets').findOne(ticket.id).exec())?.status).toBe('closed');
});

test('a message that was redacted before it was sent is empty on the server and the device', async () => {
  const ticket = ticketBy(lucia);
  await replica.insert('tickets', ticket);
  await sent('tickets', ticket.id);
  online = false;
  const message = answerTo(ticket, 'My password is hunter2');
  await replica.insert('messages', message);
  await replica.patch('messages', message.id, { redacted: true });
  await backOnline();
  expect(await refused()).toEqual([]);
  expect(await stored('messages', message.id)).toMatchObject({ body: '', redacted: 1 });
  const here = (await replica.collection('messages').findOne(message.id).exec())?.toJSON();
  expect(JSON.stringify(here)).not.toContain('hunter2');
});

test('a new ticket that is sent again with its priority set back to the default gets the default', async () => {
  const { api } = await signIn(app.url, 'ana');
  const ticket = ticketBy(lucia, { priority: 'high' });
  await pushTo(api, 'tickets', [{ base: null, next: ticket }]);
  const { refusals, documents } = await pushTo(api, 'tickets', [
    { base: null, next: { ...ticket, priority: 'normal' } },
  ]);
  expect(refusals).toEqual([]);
  expect(documents[0]?.['priority']).toBe('normal');
  // The server set the assignee, not the writer, so it stays.
  expect(documents[0]?.['assignee']).not.toBeNull();
});

test('a message and a change of its ticket in the same millisecond are both kept', async () => {
  const { api } = await signIn(app.url, 'ana');
  const push = (collection: CollectionName, base: Record<string, unknown> | null, next: object) =>
    api.sync.push.mutate({
      collection,
      epoch: 0,
      device: 'one',
      deviceNow: Date.now(),
      rows: [{ base, next: { ...next } }],
    });
  const ticket = ticketBy(lucia, { priority: 'high' });
  const { documents } = await push('tickets', null, ticket);
  const [serverDocument] = documents;
  const writtenAt = Date.now();
  await push('messages', null, { ...answerTo(ticket, 'Hello'), writtenAt });
  const answer = await push('tickets', serverDocument ?? null, {
    ...serverDocument,
    priority: 'normal',
    writtenAt,
  });
  expect(answer.refusals).toEqual([]);
  expect(answer.documents[0]?.['priority']).toBe('normal');
});

test('the first ticket of a new device disappears from it if the ticket is handed over during the push', async () => {
  const admin = await openDevice(app.url, 'arturo');
  const accountant = await openDevice(app.url, 'ines');
  let release: () => void = () => undefined;
  accountant.net.hold = new Promise((done) => (release = done));
  const ticket = ticketBy(lucia, { queue: 'billing' });
  await accountant.replica.insert('tickets', ticket);
  await until(async () => (await find(admin, 'tickets', ticket.id)) !== null);
  await admin.replica.patch('tickets', ticket.id, { queue: 'technical' });
  await until(async () => (await stored('tickets', ticket.id))?.['queue'] === 'technical');
  release();
  accountant.net.hold = null;
  await until(async () => (await find(accountant, 'tickets', ticket.id)) === null);
  await accountant.replica.remove();
  await admin.replica.remove();
});
