import 'fake-indexeddb/auto';
import { TRPCClientError } from '@trpc/client';
import type { Dexie } from 'dexie';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { afterEach, expect, test, vi } from 'vitest';
import { createFakeServer, openOn, rowOf, type FakeServer } from './fake-server.ts';
import type { ToyDocuments } from '../toy-collections.ts';
import type { Replica as AnyReplica } from './store.ts';

type Replica = AnyReplica<ToyDocuments>;

/* Errors that a retry can fix are retried. Every other error is reported once and not retried. */

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

async function device(server: FakeServer, options: Parameters<typeof openOn>[2] = {}): Promise<Replica> {
  const replica = await openOn(server, ['books'], options);
  open.push(replica);
  return replica;
}

const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));
const faultOf = (replica: Replica) => replica.connection.value.fault;
const pageOn = async (replica: Replica) => (await replica.collection('books').findOne(book.id).exec())?.page;

/** The error of the tRPC client for a request without a response. */
const noNetwork = () => TRPCClientError.from(new TypeError('Failed to fetch'));
/** The error of the tRPC client for a response with an HTTP error. */
const answerWith = (httpStatus: number) =>
  TRPCClientError.from({ error: { message: '', code: -32_603, data: { httpStatus } } });

/** Makes every request fail with this error. Returns a function that counts the requests. */
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
])('%s: the request is retried until it succeeds, and no fault is reported', async (_, error) => {
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

test('signed out: nothing is requested until the person signs in again, and no fault is reported', async () => {
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

test('a defect during a pull is reported once and not retried', async () => {
  const server = createFakeServer();
  const count = failing(server, () => new TypeError("Cannot read properties of undefined (reading 'seq')"));
  const replica = await device(server);
  await expect.poll(() => faultOf(replica)?.kind).toBe('defect');
  expect(faultOf(replica)?.message).toBe("TypeError: Cannot read properties of undefined (reading 'seq')");
  await pause(300);
  expect(count()).toBe(1);
  // A resync (back online, or a change on the server) does not retry it either.
  replica.resync();
  await pause(100);
  expect(count()).toBe(1);
  // The fault is not shown as a network problem.
  expect(replica.connection.value.tried && !replica.connection.value.online).toBe(false);
});

test('a defect during a push: the write is kept on the device, and pulls continue', async () => {
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

test('no space left on the device: the fault is reported as storage-full and not retried', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  await pause(300); // until the pull state is saved
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

test("the device's database is closed: the fault is reported as a storage fault", async () => {
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

test('the pull state cannot be saved: the fault is reported as a storage fault', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  const failure = Object.assign(new Error('Internal error opening backing store'), { name: 'UnknownError' });
  vi.spyOn(replica.refusals, 'upsertLocal').mockRejectedValue(failure);
  server.rows = [rowOf({ ...book, page: 5 }, 3)];
  replica.resync();
  await expect.poll(() => faultOf(replica)).toMatchObject({ kind: 'storage', message: /backing store/ });
});

test('a proxy refuses the requests: the fault is reported, and a resync continues the work once they pass', async () => {
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

test('an error while the replica is being closed is not reported', async () => {
  const server = createFakeServer();
  const replica = await device(server);
  await replica.replication.pulledOnce();
  const faults: unknown[] = [];
  replica.connection.subscribe(({ fault }) => fault && faults.push(fault));
  const answer = Promise.withResolvers<void>();
  server.before = () => answer.promise;
  replica.resync();
  const closed = replica.close();
  answer.reject(new TypeError('The connection is gone'));
  await closed;
  expect(faults).toEqual([]);
});
