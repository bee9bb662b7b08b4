import 'fake-indexeddb/auto';
import { TRPCClientError } from '@trpc/client';
import type { Dexie } from 'dexie';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { afterEach, expect, test, vi } from 'vitest';
import { createFakeServer, openOn, rowOf, type FakeServer } from './fake-server.ts';
import type { ToyDocuments } from '../toy-collections.ts';
import type { Replica as AnyReplica } from './store.ts';

type Replica = AnyReplica<ToyDocuments>;

/* What sending again can help with is sent again. Everything else is told once and left alone. */

const open: Replica[] = [];
const shelf = '0190b000-0000-7000-8000-000000000002';
const book = {
  id: '0190b000-0000-7000-8000-000000000003',
  owner: '0190a000-0000-7000-8000-000000000001',
  shelf,
  room: 'east' as const,
  title: 'Dune',
  note: '',
};

afterEach(async () => {
  vi.restoreAllMocks();
  for (const replica of open.splice(0)) await replica.remove().catch(() => undefined); // its database may be closed
});

async function device(server: FakeServer, more: Parameters<typeof openOn>[2] = {}): Promise<Replica> {
  const replica = await openOn(server, ['books'], more);
  open.push(replica);
  return replica;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const faultOf = (replica: Replica) => replica.connection.value.fault;
const pageOn = async (replica: Replica) =>
  (await replica.collection('books').findOne(book.id).exec())?.page;

/** How the client of tRPC tells of a request without an answer. */
const noNetwork = () => TRPCClientError.from(new TypeError('Failed to fetch'));
/** And of an answer that is a no. */
const answerWith = (httpStatus: number) =>
  TRPCClientError.from({ error: { message: '', code: -32_603, data: { httpStatus } } });

/** Every request fails with this; the server counts them. */
function failing(server: FakeServer, error: () => unknown): () => number {
  let count = 0;
  server.before = () => {
    count += 1;
    throw error() as Error;
  };
  return () => count;
}

test.each([
  ['no network', noNetwork],
  ['500', () => answerWith(500)],
  ['503', () => answerWith(503)],
  ['429', () => answerWith(429)],
])('%s: it is tried again after longer and longer waits, and is no fault', async (_, error) => {
  const server = createFakeServer();
  server.rows = [rowOf({ ...book, page: 5 }, 1)];
  const count = failing(server, error);
  const replica = await device(server);
  await expect.poll(count).toBeGreaterThan(2);
  expect(faultOf(replica)).toBeNull();
  server.before = () => undefined;
  await expect.poll(() => pageOn(replica), { timeout: 5_000 }).toBe(5);
  expect(replica.connection.value).toMatchObject({ online: true, fault: null });
});

test('signed out: nothing is tried until somebody signed in again, and it is no fault', async () => {
  const server = createFakeServer();
  server.rows = [rowOf({ ...book, page: 5 }, 1)];
  const count = failing(server, () => answerWith(401));
  const replica = await device(server);
  await expect.poll(count).toBe(1);
  await pause(200);
  expect(count()).toBe(1);
  expect(replica.connection.value).toMatchObject({ signedOut: true, fault: null });
  server.before = () => undefined;
  replica.resync();
  await expect.poll(() => pageOn(replica)).toBe(5);
});

test('a defect while it pulls is told once and not tried again', async () => {
  const server = createFakeServer();
  const count = failing(server, () => new TypeError("Cannot read properties of undefined (reading 'seq')"));
  const replica = await device(server);
  await expect.poll(() => faultOf(replica)?.kind).toBe('defect');
  expect(faultOf(replica)?.message).toBe("TypeError: Cannot read properties of undefined (reading 'seq')");
  await pause(300);
  expect(count()).toBe(1);
  // Nor because somebody writes, is back online, or something changed at the server.
  replica.resync();
  await pause(100);
  expect(count()).toBe(1);
  // It is not said to be a matter of the network.
  expect(replica.connection.value.tried && !replica.connection.value.online).toBe(false);
});

test('a defect while it sends: the write stays on the device, and pulls go on', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  let pushes = 0;
  server.before = (request) => {
    if (request !== 'push') return;
    pushes += 1;
    throw new RangeError('Invalid array length');
  };
  await replica.insert('books', { ...book, page: 5 });
  await expect.poll(() => faultOf(replica)).toMatchObject({ kind: 'defect', message: /RangeError/ });
  const other = { ...book, id: '0190b000-0000-7000-8000-000000000004' };
  server.rows = [rowOf({ ...other, page: 7 }, 9)];
  replica.resync();
  await expect.poll(async () => (await replica.collection('books').findOne(other.id).exec())?.page).toBe(7);
  expect(pushes).toBe(1);
  expect(await pageOn(replica)).toBe(5);
  expect(faultOf(replica)?.kind).toBe('defect');
});

test('no room on the device: it is told as that, and not tried again', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  await pause(300); // it has kept where the pull has come to
  let writes = 0;
  const full = () => {
    writes += 1;
    throw new DOMException('The quota has been exceeded.', 'QuotaExceededError');
  };
  vi.spyOn(IDBObjectStore.prototype, 'put').mockImplementation(full);
  vi.spyOn(IDBObjectStore.prototype, 'add').mockImplementation(full);
  server.rows = [rowOf({ ...book, page: 5 }, 3)];
  replica.resync();
  await expect.poll(() => faultOf(replica)?.kind).toBe('storage-full');
  const before = writes;
  await pause(300);
  expect(writes).toBe(before);
});

test('the database of the device is closed: it is told as its storage', async () => {
  const server = createFakeServer();
  const databases: Dexie[] = [];
  const storage = getRxStorageDexie({ onCreate: (db: Dexie) => void databases.push(db) });
  const replica = await device(server, { storage });
  await replica.replication.pulledOnce();
  for (const db of databases) db.close();
  server.rows = [rowOf({ ...book, page: 5 }, 3)];
  replica.resync();
  await expect.poll(() => faultOf(replica)).toMatchObject({ kind: 'storage', message: /DatabaseClosed/ });
});

test('where a pull has come to can not be kept: that is told too', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  const failure = Object.assign(new Error('Internal error opening backing store'), { name: 'UnknownError' });
  vi.spyOn(replica.refusals, 'upsertLocal').mockRejectedValue(failure);
  server.rows = [rowOf({ ...book, page: 5 }, 3)];
  replica.resync();
  await expect.poll(() => faultOf(replica)).toMatchObject({ kind: 'storage', message: /backing store/ });
});

test('something on the way refuses to let it pull: it is told, and goes on when the way is free', async () => {
  const server = createFakeServer();
  const count = failing(server, () => answerWith(403));
  const replica = await device(server);
  await expect.poll(() => faultOf(replica)).toMatchObject({ kind: 'refused', message: '403' });
  await pause(200);
  expect(count()).toBe(1);
  server.before = () => undefined;
  server.rows = [rowOf({ ...book, page: 5 }, 3)];
  replica.resync();
  await expect.poll(() => pageOn(replica)).toBe(5);
  expect(faultOf(replica)).toBeNull();
});

test('what fails because the replica is being closed is nothing to tell', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  const told: unknown[] = [];
  replica.connection.subscribe(({ fault }) => fault && told.push(fault));
  const answer = Promise.withResolvers<void>();
  server.before = () => answer.promise;
  replica.resync();
  const closed = replica.close();
  answer.reject(new TypeError('The connection is gone'));
  await closed;
  expect(told).toEqual([]);
});
