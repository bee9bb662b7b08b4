import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Poke } from '../protocol.ts';
import { createLive, type Live } from '../server/live.ts';
import { findDocument } from '../server/row.ts';
import { books } from '../toy-collections.ts';
import { titleOn, until, useToyWorld } from './toy-devices.ts';
import { pushRows } from './toy-server.ts';

/* Changes that travel in the live stream, one rule a test. */

const toy = useToyWorld();
const { deviceOf, addShelf, bookOn } = toy;
let live: Live;
beforeEach(() => {
  live = createLive(toy.server);
});
afterEach(() => live.stop());

const push = (base: object | null, next: object) =>
  pushRows(toy.server, toy.librarian, {
    collection: 'books',
    rows: [{ base: base && { ...base }, next: { ...next } }],
  });
async function addBook(title: string): Promise<string> {
  const book = { ...bookOn(await addShelf(), title), writtenAt: toy.server.now() };
  await push(null, book);
  live.poll();
  return book.id;
}
async function rename(id: string, title: string): Promise<void> {
  const base = await findDocument(toy.server, books, { where: { id } });
  await push(base, { ...base, title, writtenAt: toy.server.now() + Math.random() });
  live.poll();
}

test('a change that arrives while the answer to a push of the same document is under way is not lost', async () => {
  const { replica, network } = await deviceOf(toy.librarian, { live });
  const id = await addBook('Dune');
  await until(() => titleOn({ replica, network }, id)).toBe('Dune');
  network.delayMs = () => 400;
  await replica.patch('books', id, { page: 7 });
  await until(() => findDocument(toy.server, books, { where: { id } })).toMatchObject({ page: 7 });
  await rename(id, 'Dune Messiah');
  await new Promise((soon) => setTimeout(soon, 600)); // the answer, which is older than the new title, has arrived
  const stored = await findDocument(toy.server, books, { where: { id } });
  expect((await replica.collection('books').findOne(id).exec())?.toJSON()).toMatchObject({ ...stored });
});

test('a replica that missed an event pulls what it lacks at the next one, also in another collection', async () => {
  const lost: Poke[] = [];
  let loses = false;
  const device = await deviceOf(toy.librarian, {
    live,
    carry: (poke, { onData }) => (loses ? void lost.push(poke) : onData(poke)),
  });
  const id = await addBook('Dune');
  await until(() => titleOn(device, id)).toBe('Dune');
  loses = true;
  await rename(id, 'Dune Messiah');
  await expect.poll(() => lost.length).toBe(1);
  loses = false;
  await addShelf();
  live.poll();
  await until(() => titleOn(device, id)).toBe('Dune Messiah');
});

test('an event that comes late or twice changes nothing', async () => {
  const events: [Poke, (poke: Poke) => void][] = [];
  const device = await deviceOf(toy.librarian, {
    live,
    carry(poke, { onData }) {
      events.push([poke, onData]);
      onData(poke);
    },
  });
  const id = await addBook('Dune');
  await until(() => titleOn(device, id)).toBe('Dune');
  await rename(id, 'Dune Messiah');
  await until(() => titleOn(device, id)).toBe('Dune Messiah');
  for (const [poke, onData] of [...events, ...events]) onData(poke);
  await device.replica.replication.inSync();
  expect(await titleOn(device, id)).toBe('Dune Messiah');
});
