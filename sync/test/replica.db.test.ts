import { expect, test } from 'vitest';
import { addMigrations } from '../client/migrate.ts';
import { gatherKept } from '../client/reset.ts';
import { findDocument } from '../server/row.ts';
import { books } from '../toy-collections.ts';
import { titleOn, until, useToyWorld } from './toy-devices.ts';

/* Real replicas against the real server, over the toy collections: the whole engine without the product. */

const toy = useToyWorld();
const { deviceOf, addShelf, bookOn } = toy;

test('what is written without a network is on the other device after both are online', async () => {
  const shelf = await addShelf();
  const [mine, other] = [await deviceOf(toy.reader), await deviceOf(toy.librarian)];
  mine.network.online = false;
  const book = bookOn(shelf, 'Written offline');
  await mine.replica.insert('books', book);
  expect(await titleOn(mine, book.id)).toBe('Written offline');
  expect(await findDocument(toy.server, books, { where: { id: book.id } })).toBeNull();
  mine.network.online = true;
  mine.replica.resync();
  await until(() => findDocument(toy.server, books, { where: { id: book.id } })).toMatchObject({
    owner: toy.reader.id,
  });
  other.replica.resync();
  await until(() => titleOn(other, book.id)).toBe('Written offline');
});

test('a refused change is kept with its reason, and the device shows the server’s document', async () => {
  const shelf = await addShelf();
  const [mine, other] = [await deviceOf(toy.reader), await deviceOf(toy.librarian)];
  const book = bookOn(shelf, 'Dune');
  await mine.replica.insert('books', book);
  await until(() => findDocument(toy.server, books, { where: { id: book.id } })).not.toBeNull();
  other.replica.resync();
  await until(() => titleOn(other, book.id)).toBe('Dune');
  mine.network.online = false;
  await mine.replica.patch('books', book.id, { title: 'Mine' });
  await other.replica.patch('books', book.id, { title: 'Theirs' });
  await until(() => findDocument(toy.server, books, { where: { id: book.id } })).toMatchObject({
    title: 'Theirs',
  });
  mine.network.online = true;
  mine.replica.resync();
  await until(() => titleOn(mine, book.id)).toBe('Theirs');
  const refusals = await mine.replica.refusals.find().exec();
  expect(refusals.map(({ code, field }) => `${code} ${field}`)).toEqual(['changed-meanwhile title']);
});

test.each([
  ['app', 1],
  ['server', -1],
] as const)(
  'an outdated %s is told, and the writes are kept until both have the same version',
  async (who, by) => {
    const shelf = await addShelf();
    const mine = await deviceOf(toy.reader);
    const { collections } = toy.server.sync;
    const other = {
      ...toy.server.sync,
      collections: { ...collections, books: { ...books, version: books.version + by } },
    };
    const { sync } = toy.server;
    toy.server.sync = other;
    const book = bookOn(shelf, 'Written meanwhile');
    await mine.replica.insert('books', book);
    await expect.poll(() => mine.replica.connection.value.outdated).toBe(who);
    expect(await titleOn(mine, book.id)).toBe('Written meanwhile');
    expect(mine.replica.connection.value.fault).toBeNull();
    toy.server.sync = sync;
    await until(() => findDocument(toy.server, books, { where: { id: book.id } })).not.toBeNull();
    await expect.poll(() => mine.replica.connection.value.outdated).toBeNull();
    expect(await mine.replica.refusals.find().exec()).toEqual([]);
  },
);

test('a new replica takes writes at once, also after an older one was migrated on the same page', async () => {
  await addMigrations();
  const { replica } = await deviceOf(toy.librarian, { failOn: 'first' });
  const shelf = { id: toy.server.newId(), room: 'east' as const, title: 'Written at once' };
  await replica.insert('shelves', shelf);
  expect(await replica.collection('shelves').findOne(shelf.id).exec()).not.toBeNull();
});

test('what is written at the moment in which a replica is rebuilt is kept, or not accepted by the device', async () => {
  const shelf = await addShelf();
  const mine = await deviceOf(toy.reader);
  mine.network.online = false;
  const watching = mine.replica.waiting.subscribe();
  const written: string[] = [];
  const write = async (title: string) => {
    const book = bookOn(shelf, title);
    const isStored = await mine.replica.insert('books', book).then(
      () => true,
      () => false,
    );
    if (isStored) written.push(book.id);
  };
  for (let i = 0; i < 20; i += 1) await write(`before ${i}`);
  // The person goes on writing while the texts are gathered.
  const more = Promise.all(Array.from({ length: 20 }, (_, i) => write(`meanwhile ${i}`)));
  await mine.replica.replication.stop();
  const kept = await gatherKept(mine.replica, { now: 0, groupOf: ({ id }) => id });
  await more;
  await write('afterwards');
  watching.unsubscribe();
  expect(kept.refusals.map(({ document }) => document).sort()).toEqual(written.sort());
  expect(written.length).toBeGreaterThanOrEqual(20);
});
