import 'fake-indexeddb/auto';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Actor } from '#shared/engine/actor.ts';
import { openReplica, type Replica } from '../client/store.ts';
import { findDocument } from '../server/row.ts';
import { books, toyRights, toys, type ToyDocuments } from '../toy-collections.ts';
import { actorNamed, apiFor, openToyServer, pushRows, type ToyServer } from './toy-server.ts';

/* Real replicas against the real server, over the toy collections: the whole engine without the product. */

type Device = { replica: Replica<ToyDocuments>; network: { online: boolean } };

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

async function deviceOf(actor: Actor): Promise<Device> {
  const { api, network } = apiFor(server, actor);
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
  await replica.replication.pulledOnce();
  return { replica, network };
}

const until = (check: () => Promise<unknown>) => expect.poll(check, { timeout: 5_000 });
const titleOn = ({ replica }: Device, id: string) =>
  replica
    .collection('books')
    .findOne(id)
    .exec()
    .then((book) => book?.title ?? null);

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
