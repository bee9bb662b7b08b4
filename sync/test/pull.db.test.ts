import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Actor } from '#shared/engine/actor.ts';
import type { FirstCursor } from '../protocol.ts';
import { firstPage } from '../server/read.ts';
import { transact } from '../server/transaction.ts';
import { books, shelves, type Shelf } from '../toy-collections.ts';
import { actorNamed, openToyServer, pullAll, type ToyServer } from './toy-server.ts';

/* What a replica reads, over the toy collections. */

let server: ToyServer;
let librarian: Actor;
let reader: Actor;
beforeAll(async () => {
  server = await openToyServer();
  librarian = actorNamed(server, 'librarian');
  reader = actorNamed(server, 'reader');
});
afterAll(() => server.close());

const job = () => ({ actor: null, device: 'job', writtenAt: server.now() });
const addShelf = (room: Shelf['room'], title = 'Novels') =>
  transact(server, job(), (tx) => tx.create(shelves, { id: server.newId(), room, title })).then(
    ({ result }) => result,
  );
const ids = (documents: readonly { id: string }[]) => documents.map(({ id }) => id);

test('a reader who pulls while 16 writers write misses no document', async () => {
  const created: string[] = [];
  const write = async () => {
    for (let i = 0; i < 10; i += 1) created.push((await addShelf('east')).id);
  };
  let { since } = await pullAll(server, reader, { collection: 'shelves' });
  const seen: string[] = [];
  let writing = true;
  const read = async () => {
    for (let last = false; !last;) {
      last = !writing;
      const next = await pullAll(server, reader, { collection: 'shelves', since, limit: 7 });
      seen.push(...ids(next.documents));
      ({ since } = next);
    }
  };
  const reading = read();
  await Promise.all(Array.from({ length: 16 }, write));
  writing = false;
  await reading;
  expect(created.filter((id) => !seen.includes(id))).toEqual([]);
  expect(new Set(seen).size).toBe(seen.length);
});

test('who loses sight of a document gets it as deleted, and gets it back when it returns', async () => {
  const shelf = await addShelf('east');
  let { since } = await pullAll(server, reader, { collection: 'shelves' });
  const move = async (room: Shelf['room']) => {
    await transact(server, job(), async (tx) => {
      const found = await tx.load(shelves, shelf.id);
      if (found) await tx.update(shelves, found, { room });
    });
    const next = await pullAll(server, reader, { collection: 'shelves', since });
    ({ since } = next);
    return next.documents.map(({ id, _deleted }) => ({ id, _deleted }));
  };
  expect(await move('west')).toEqual([{ id: shelf.id, _deleted: true }]);
  expect(await move('east')).toEqual([{ id: shelf.id, _deleted: false }]);
});

test('a reader gets other owners’ books without the note, and their own with it', async () => {
  const shelf = await addShelf('east');
  const add = (owner: string) =>
    transact(server, job(), (tx) =>
      tx.create(books, {
        id: server.newId(),
        shelf: shelf.id,
        room: 'east',
        owner,
        title: 'Dune',
        note: 'torn',
        page: 0,
      }),
    ).then(({ result }) => result.id);
  const [own, other] = [await add(reader.id), await add(librarian.id)];
  const { documents } = await pullAll(server, reader, { collection: 'books' });
  expect(documents.find(({ id }) => id === own)).toHaveProperty('note', 'torn');
  expect(documents.find(({ id }) => id === other)).not.toHaveProperty('note');
});

test('a first pull reads every document once, newest first, and what changes meanwhile comes after it', async () => {
  const before = await pullAll(server, librarian, { collection: 'shelves' });
  const found: string[] = [];
  let cursor: FirstCursor | null = null;
  const heads: number[] = [];
  let late = '';
  do {
    const page = await firstPage(server, librarian, { collection: 'shelves', epoch: 0, cursor, limit: 25 });
    if ('reset' in page) throw new Error('the replica was reset');
    found.push(...ids(page.documents));
    heads.push(page.head);
    cursor = page.next;
    late ||= (await addShelf('east', 'Late')).id;
  } while (cursor);
  expect(new Set(found).size).toBe(found.length);
  expect(found.toSorted()).toEqual(ids(before.documents).toSorted());
  const { documents } = await pullAll(server, librarian, { collection: 'shelves', since: heads[0] });
  expect(ids(documents)).toEqual([late]);
});
