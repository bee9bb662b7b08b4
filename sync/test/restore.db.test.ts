import { isDeepStrictEqual } from 'node:util';
import { expect, test } from 'vitest';
import { createSentLog } from '../client/sent-log.ts';
import { beginGeneration, positionOf } from '../server/generation.ts';
import { findDocument, findDocuments } from '../server/row.ts';
import { books } from '../toy-collections.ts';
import { backUp } from './back-up.ts';
import { titleOn, until, useToyWorld, type Device } from './toy-devices.ts';

/* The server's database is restored from a backup. No replica is silently wrong, and nothing is lost without a word. */

const toy = useToyWorld();
const { deviceOf, addShelf, bookOn } = toy;

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
  const found = await findDocuments(toy.server, books, {});
  return found.map(({ id, title }) => `${id} ${title}`).toSorted();
};

/** A change and a new book that the server accepts after the backup, and loses with the restore. */
async function writeAfterBackup({ mine, shelf, old }: Awaited<ReturnType<typeof beforeBackup>>) {
  await mine.replica.patch('books', old.id, { title: 'Changed after the backup' });
  await mine.replica.insert('books', bookOn(shelf, 'Accepted and lost'));
  await mine.replica.replication.inSync();
}

/** A shelf and a book of before the backup, and both devices with them. */
async function beforeBackup() {
  const shelf = await addShelf();
  const [mine, other] = [await deviceOf(toy.reader), await deviceOf(toy.librarian)];
  const old = bookOn(shelf, 'Before the backup');
  await mine.replica.insert('books', old);
  await mine.replica.replication.inSync();
  other.replica.resync();
  await until(() => titleOn(other, old.id)).toBe('Before the backup');
  return { shelf, mine, other, old };
}

test('after a restore the replicas are like the server again, and its author is offered what was lost', async () => {
  const { shelf, mine, other, old } = await beforeBackup();
  const restore = await backUp(toy.server);
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
  await beginGeneration(toy.server);
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
  await beginGeneration(toy.server);
  mine.replica.resync();
  await mine.replica.replication.inSync();
  await until(() => mine.replica.refusals.find().exec()).toEqual([]);
});

test('what its author sends again at once, before the comparison has ended, is not deleted by it', async () => {
  const { shelf, mine } = await beforeBackup();
  const restore = await backUp(toy.server);
  const lost = Array.from({ length: 20 }, (_, i) => bookOn(shelf, `Lost ${i}`));
  for (const book of lost) await mine.replica.insert('books', book);
  await mine.replica.replication.inSync();
  await restore();
  await beginGeneration(toy.server);
  const sentAgain: Promise<void>[] = [];
  const offers = mine.replica.refusals.$.subscribe(({ documentData, isLocal }) => {
    if (isLocal) return;
    sentAgain.push(mine.replica.insertAgain('books', documentData.mine));
  });
  mine.replica.resync();
  await until(async () => Promise.resolve(sentAgain.length)).toBe(20);
  offers.unsubscribe();
  await Promise.all(sentAgain);
  await mine.replica.replication.inSync();
  await until(async () => (await titlesOnServer()).filter((title) => title.includes('Lost'))).toHaveLength(
    20,
  );
  await isLikeServer(mine);
});

test('a checkpoint above the head is noticed even if no generation was begun after the restore', async () => {
  const written = await beforeBackup();
  const { mine, old } = written;
  const restore = await backUp(toy.server);
  await writeAfterBackup(written);
  await restore();
  mine.replica.resync();
  await until(() => titleOn(mine, old.id)).toBe('Before the backup');
  await isLikeServer(mine);
  expect(await mine.replica.refusals.find().exec()).toHaveLength(2);
});

test('an unsent change of a restored document is put on top of it, and one of a lost document is offered', async () => {
  const { shelf, mine, old } = await beforeBackup();
  const restore = await backUp(toy.server);
  const lost = bookOn(shelf, 'Accepted and lost');
  await mine.replica.insert('books', lost);
  await mine.replica.patch('books', old.id, { title: 'Changed after the backup' });
  await mine.replica.replication.inSync();
  mine.network.online = false;
  await mine.replica.patch('books', old.id, { page: 7 });
  await mine.replica.patch('books', lost.id, { page: 9 });
  await restore();
  await beginGeneration(toy.server);
  mine.network.online = true;
  mine.replica.resync();
  await until(() => findDocument(toy.server, books, { where: { id: old.id } })).toMatchObject({
    title: 'Before the backup',
    page: 7,
  });
  await until(() => titleOn(mine, lost.id)).toBeNull();
  const offered = await mine.replica.refusals.find().exec();
  expect(offered.filter(({ document }) => document === lost.id).map((each) => each.mine['page'])).toEqual([
    0, 9,
  ]);
});

test('a value that was written back to what the server has lost since is sent again', async () => {
  const { mine, other, old } = await beforeBackup();
  const restore = await backUp(toy.server);
  await other.replica.patch('books', old.id, { title: 'Theirs' });
  await other.replica.replication.inSync();
  mine.replica.resync();
  await until(() => titleOn(mine, old.id)).toBe('Theirs');
  mine.network.online = false;
  for (const title of ['Mine', 'Theirs']) await mine.replica.patch('books', old.id, { title });
  await restore();
  await beginGeneration(toy.server);
  mine.network.online = true;
  mine.replica.resync();
  await until(() => findDocument(toy.server, books, { where: { id: old.id } })).toMatchObject({
    title: 'Theirs',
  });
});

test('a comparison that is interrupted runs again', async () => {
  const written = await beforeBackup();
  const { mine, old } = written;
  const restore = await backUp(toy.server);
  await writeAfterBackup(written);
  await restore();
  await beginGeneration(toy.server);
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
  const mine = await deviceOf(toy.librarian, { failOn: 'first' });
  await mine.replica.insert('shelves', { id: toy.server.newId(), room: 'east', title: 'Sent first' });
  const log = createSentLog(mine.replica.refusals);
  await until(() => log.all()).toMatchObject([{ generation: (await positionOf(toy.server)).generation }]);
});
