import 'fake-indexeddb/auto';
import { isDeepStrictEqual } from 'node:util';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Actor } from '#shared/engine/actor.ts';
import { openReplica, type Replica } from '../client/store.ts';
import { createSentLog } from '../client/sent-log.ts';
import { beginGeneration, positionOf } from '../server/generation.ts';
import { findDocument, findDocuments } from '../server/row.ts';
import { books, toyRights, toys, type ToyDocuments } from '../toy-collections.ts';
import { backUp } from './back-up.ts';
import {
  actorNamed,
  apiFor,
  openToyServer,
  pushRows,
  type ToyNetwork,
  type ToyServer,
} from './toy-server.ts';

/* Real replicas against the real server, over the toy collections: the whole engine without the product. */

type Device = { replica: Replica<ToyDocuments>; network: ToyNetwork };

let server: ToyServer;
let librarian: Actor;
let reader: Actor;
const open: Replica<ToyDocuments>[] = [];
beforeAll(async () => {
  server = await openToyServer();
  librarian = actorNamed(server, 'librarian');
  reader = actorNamed(server, 'reader');
});
afterEach(async () => {
  for (const replica of open.splice(0)) await replica.remove();
});
afterAll(() => server.close());

async function deviceOf(actor: Actor, { failOn = null }: Partial<ToyNetwork> = {}): Promise<Device> {
  const { api, network } = apiFor(server, actor);
  network.failOn = failOn;
  const replica = await openReplica<ToyDocuments>({
    name: `toy-${server.newId()}`,
    role: actor.role,
    person: actor.id,
    epoch: 0,
    collections: toys,
    rights: toyRights,
    storage: getRxStorageDexie(),
    api,
    device: `device-${open.length}`,
    now: Date.now,
    multiInstance: false,
    retryMs: 20,
    mayBeOlder: false,
  });
  open.push(replica);
  if (failOn === null) await replica.replication.pulledOnce();
  return { replica, network };
}

const until = (check: () => Promise<unknown>) => expect.poll(check, { timeout: 5_000 });
const titleOn = ({ replica }: Device, id: string) =>
  replica
    .collection('books')
    .findOne(id)
    .exec()
    .then((book) => book?.title ?? null);

const titlesOn = async ({ replica }: Device) => {
  const found = await replica.collection('books').find().exec();
  return found.map(({ id, title }) => `${id} ${title}`).toSorted();
};
/** Resolves when the device has exactly the server's books. */
const isLikeServer = (device: Device) =>
  until(async () => {
    device.replica.resync(); // nothing else tells it of changes
    return isDeepStrictEqual(await titlesOn(device), await titlesOnServer());
  }).toBe(true);
const titlesOnServer = async () => {
  const found = await findDocuments(server, books, {});
  return found.map(({ id, title }) => `${id} ${title}`).toSorted();
};

async function addShelf(): Promise<string> {
  const id = server.newId();
  const next = { id, room: 'east', title: 'Novels', writtenAt: server.now() };
  await pushRows(server, librarian, { collection: 'shelves', rows: [{ base: null, next }] });
  return id;
}

const bookOn = (shelf: string, title: string) => ({
  id: server.newId(),
  shelf,
  room: 'east' as const,
  owner: reader.id,
  title,
  note: '',
  page: 0,
});

test('what is written without a network is on the other device after both are online', async () => {
  const shelf = await addShelf();
  const [mine, other] = [await deviceOf(reader), await deviceOf(librarian)];
  mine.network.online = false;
  const book = bookOn(shelf, 'Written offline');
  await mine.replica.insert('books', book);
  expect(await titleOn(mine, book.id)).toBe('Written offline');
  expect(await findDocument(server, books, { where: { id: book.id } })).toBeNull();
  mine.network.online = true;
  mine.replica.resync();
  await until(() => findDocument(server, books, { where: { id: book.id } })).toMatchObject({
    owner: reader.id,
  });
  other.replica.resync();
  await until(() => titleOn(other, book.id)).toBe('Written offline');
});

test('a refused change is kept with its reason, and the device shows the server’s document', async () => {
  const shelf = await addShelf();
  const [mine, other] = [await deviceOf(reader), await deviceOf(librarian)];
  const book = bookOn(shelf, 'Dune');
  await mine.replica.insert('books', book);
  await until(() => findDocument(server, books, { where: { id: book.id } })).not.toBeNull();
  other.replica.resync();
  await until(() => titleOn(other, book.id)).toBe('Dune');
  mine.network.online = false;
  await mine.replica.patch('books', book.id, { title: 'Mine' });
  await other.replica.patch('books', book.id, { title: 'Theirs' });
  await until(() => findDocument(server, books, { where: { id: book.id } })).toMatchObject({
    title: 'Theirs',
  });
  mine.network.online = true;
  mine.replica.resync();
  await until(() => titleOn(mine, book.id)).toBe('Theirs');
  const refusals = await mine.replica.refusals.find().exec();
  expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual(['changed-meanwhile title']);
});

/** A change and a new book that the server accepts after the backup, and loses with the restore. */
async function writeAfterBackup({ mine, shelf, old }: Awaited<ReturnType<typeof beforeBackup>>) {
  await mine.replica.patch('books', old.id, { title: 'Changed after the backup' });
  await mine.replica.insert('books', bookOn(shelf, 'Accepted and lost'));
  await mine.replica.replication.inSync();
}

/** A shelf and a book of before the backup, and both devices with them. */
async function beforeBackup() {
  const shelf = await addShelf();
  const [mine, other] = [await deviceOf(reader), await deviceOf(librarian)];
  const old = bookOn(shelf, 'Before the backup');
  await mine.replica.insert('books', old);
  await mine.replica.replication.inSync();
  other.replica.resync();
  await until(() => titleOn(other, old.id)).toBe('Before the backup');
  return { shelf, mine, other, old };
}

test('after a restore the replicas are like the server again, and its author is offered what was lost', async () => {
  const { shelf, mine, other, old } = await beforeBackup();
  const restore = await backUp(server);
  const lost = bookOn(shelf, 'Accepted and lost');
  await mine.replica.insert('books', lost);
  await mine.replica.patch('books', old.id, { title: 'Changed after the backup' });
  await mine.replica.replication.inSync();
  other.replica.resync();
  await until(() => titleOn(other, lost.id)).toBe('Accepted and lost');
  await until(() => titleOn(other, old.id)).toBe('Changed after the backup');
  mine.network.online = false;
  await mine.replica.insert('books', bookOn(shelf, 'Never sent'));

  await restore();
  await beginGeneration(server);
  // The numbers of the lost changes are given out again, and more.
  for (let i = 0; i < 5; i += 1) await addShelf();
  mine.network.online = true;
  for (const { replica } of [mine, other]) replica.resync();
  for (const device of [mine, other]) {
    await until(() => titleOn(device, lost.id)).toBeNull();
    await until(() => titleOn(device, old.id)).toBe('Before the backup');
    await isLikeServer(device);
  }
  expect((await titlesOnServer()).join()).toContain('Never sent');
  const offered = await mine.replica.refusals.find().exec();
  expect(offered.map(({ code, mine: { id, title } }) => `${code} ${id} ${String(title)}`)).toEqual([
    `restored ${old.id} Changed after the backup`,
    `restored ${lost.id} Accepted and lost`,
  ]);
  expect(await other.replica.refusals.find().exec()).toEqual([]);
  // Offered once: a second restore does not offer what its author has dealt with.
  await mine.replica.refusals.bulkRemove(offered.map(({ id }) => id));
  await beginGeneration(server);
  mine.replica.resync();
  await mine.replica.replication.inSync();
  await until(() => mine.replica.refusals.find().exec()).toEqual([]);
});

test('a checkpoint above the head is noticed even if no generation was begun after the restore', async () => {
  const world = await beforeBackup();
  const { mine, old } = world;
  const restore = await backUp(server);
  await writeAfterBackup(world);
  await restore();
  mine.replica.resync();
  await until(() => titleOn(mine, old.id)).toBe('Before the backup');
  await isLikeServer(mine);
  expect(await mine.replica.refusals.find().exec()).toHaveLength(2);
});

test('an unsent change of a restored document is put on top of it, and one of a lost document is offered', async () => {
  const { shelf, mine, old } = await beforeBackup();
  const restore = await backUp(server);
  const lost = bookOn(shelf, 'Accepted and lost');
  await mine.replica.insert('books', lost);
  await mine.replica.patch('books', old.id, { title: 'Changed after the backup' });
  await mine.replica.replication.inSync();
  mine.network.online = false;
  await mine.replica.patch('books', old.id, { page: 7 });
  await mine.replica.patch('books', lost.id, { page: 9 });
  await restore();
  await beginGeneration(server);
  mine.network.online = true;
  mine.replica.resync();
  await until(() => findDocument(server, books, { where: { id: old.id } })).toMatchObject({
    title: 'Before the backup',
    page: 7,
  });
  await until(() => titleOn(mine, lost.id)).toBeNull();
  const offered = await mine.replica.refusals.find().exec();
  expect(offered.filter(({ document }) => document === lost.id).map((each) => each.mine['page'])).toEqual([
    0, 9,
  ]);
});

test('a comparison that is interrupted runs again', async () => {
  const world = await beforeBackup();
  const { mine, old } = world;
  const restore = await backUp(server);
  await writeAfterBackup(world);
  await restore();
  await beginGeneration(server);
  mine.network.failOn = 'first';
  mine.replica.resync();
  await expect.poll(() => mine.network.failed).toBeGreaterThan(2);
  mine.network.failOn = null;
  mine.replica.resync();
  await until(() => titleOn(mine, old.id)).toBe('Before the backup');
  await isLikeServer(mine);
  expect(await mine.replica.refusals.find().exec()).toHaveLength(2);
});

test('what is sent before the first page is remembered with the history that it became a part of', async () => {
  const mine = await deviceOf(librarian, { failOn: 'first' });
  await mine.replica.insert('shelves', { id: server.newId(), room: 'east', title: 'Sent first' });
  const log = createSentLog(mine.replica.refusals);
  await until(() => log.all()).toMatchObject([{ generation: (await positionOf(server)).generation }]);
});

test.each([
  ['app', 1],
  ['server', -1],
] as const)(
  'an outdated %s is told, and the writes are kept until both have the same version',
  async (who, by) => {
    const shelf = await addShelf();
    const mine = await deviceOf(reader);
    const { collections } = server.sync;
    const other = {
      ...server.sync,
      collections: { ...collections, books: { ...books, version: books.version + by } },
    };
    const { sync } = server;
    server.sync = other;
    const book = bookOn(shelf, 'Written meanwhile');
    await mine.replica.insert('books', book);
    await expect.poll(() => mine.replica.connection.value.outdated).toBe(who);
    expect(await titleOn(mine, book.id)).toBe('Written meanwhile');
    expect(mine.replica.connection.value.fault).toBeNull();
    server.sync = sync;
    await until(() => findDocument(server, books, { where: { id: book.id } })).not.toBeNull();
    await expect.poll(() => mine.replica.connection.value.outdated).toBeNull();
    expect(await mine.replica.refusals.find().exec()).toEqual([]);
  },
);
