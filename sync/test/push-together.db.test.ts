import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#shared/engine/actor.ts';
import { logStatements } from '../../server/test/log-statements.ts';
import { findDocument, findDocuments } from '../server/row.ts';
import { transact } from '../server/transaction.ts';
import { books, shelves } from '../toy-collections.ts';
import { actorNamed, openToyServer, pullAll, pushRows, type ToyServer } from './toy-server.ts';

/* The rows of one push share a transaction, and what a transaction writes is sent to the database together. */

let server: ToyServer;
let librarian: Actor;
let shelf: string;
/** The statements that were sent. */
let statements: string[] = [];

beforeAll(async () => {
  server = await openToyServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  librarian = actorNamed(server, 'librarian');
  shelf = await newShelf();
  server.hooksRun.length = 0;
  ({ statements } = logStatements(server.db));
});

async function newShelf(): Promise<string> {
  const id = server.newId();
  const next = { id, room: 'east', title: 'Novels', writtenAt: server.now() };
  await pushRows(server, librarian, { collection: 'shelves', rows: [{ base: null, next }] });
  return id;
}
let last = 0;
const newBook = (fields: object = {}) => ({
  id: server.newId(),
  shelf,
  title: `Book ${(last += 1)}`,
  writtenAt: server.now() + last,
  ...fields,
});
const pushBooks = (list: readonly object[]) =>
  pushRows(server, librarian, {
    collection: 'books',
    rows: list.map((next) => ({ base: null, next: { ...next } })),
  });
const count = (start: string) => statements.filter((sql) => sql.startsWith(start)).length;

test('twenty new documents are written by as many statements as two', async () => {
  await pushBooks([newBook(), newBook()]);
  const two = statements.length;
  statements.length = 0;
  const { documents, refusals } = await pushBooks(Array.from({ length: 20 }, () => newBook()));
  expect(refusals).toEqual([]);
  expect(new Set(documents.map(({ seq }) => seq)).size).toBe(20);
  // Lists are sorted by times, so they keep the order of writing.
  const times = documents.map(({ createdAt }) => Number(createdAt));
  expect(times).toEqual([...new Set(times)].sort((a, b) => a - b));
  expect(statements.length).toBe(two);
  expect([count('START'), count('COMMIT'), count('INSERT INTO `books`')]).toEqual([1, 1, 1]);
});

test('one bad row among others is refused alone, and each of the others is written once', async () => {
  const list = [newBook(), newBook({ shelf: server.newId() }), newBook(), newBook({ title: '' }), newBook()];
  const { documents, refusals } = await pushBooks(list);
  expect(refusals).toMatchObject([
    { id: list[1]?.id, code: 'not-found', field: 'shelf' },
    { id: list[3]?.id, code: 'invalid', field: 'title' },
  ]);
  expect(documents.map(({ _deleted }) => _deleted)).toEqual([false, true, false, true, false]);
  expect(await findDocuments(server, books, { where: { shelf } })).toHaveLength(3);
  const audits = await server.models.audit.count({ where: { document: list.map(({ id }) => id) } });
  expect(audits).toBe(3);
});

test('a fault in the hook of one row leaves the other rows as they are alone: written, and sent again without effect', async () => {
  const list = [newBook(), newBook({ title: 'Fails' })];
  await expect(pushBooks(list)).rejects.toThrow('a hook failed');
  await expect(pushBooks(list)).rejects.toThrow('a hook failed');
  expect(await findDocuments(server, books, { where: { shelf } })).toHaveLength(1);
});

test('a push that is sent again after its answer was lost changes nothing, row by row', async () => {
  const list = [newBook(), newBook(), newBook()];
  const first = await pushBooks(list);
  const again = await pushBooks(list);
  expect(again).toEqual(first);
});

test('a row that is in a push twice is written once', async () => {
  const book = newBook();
  const { refusals } = await pushBooks([book, book]);
  expect(refusals).toEqual([]);
  expect(await server.models.audit.count({ where: { document: book.id } })).toBe(1);
});

test('two pushes that lock the same parents in opposite order both succeed', async () => {
  const other = await newShelf();
  const list = (shelvesInOrder: string[]) =>
    Array.from({ length: 10 }, (_, i) => newBook({ shelf: shelvesInOrder[i % 2] }));
  const answers = await Promise.all([
    pushBooks(list([shelf, other])),
    pushBooks(list([other, shelf])),
    pushBooks(list([shelf, other])),
  ]);
  expect(answers.flatMap(({ refusals }) => refusals)).toEqual([]);
  const { documents } = await pullAll(server, librarian, { collection: 'books' });
  expect(documents.filter(({ shelf: on }) => on === shelf || on === other)).toHaveLength(30);
});

test('the answer to a push is the document as its transaction left it, also after the hook of another row', async () => {
  const [book] = (await pushBooks([newBook()])).documents;
  const known = await findDocument(server, shelves, { where: { id: shelf } });
  const moved = { ...known, room: 'west', writtenAt: server.now() + 5_000 };
  const other = { id: server.newId(), room: 'east', title: 'Poems', writtenAt: server.now() };
  const { documents } = await pushRows(server, librarian, {
    collection: 'shelves',
    rows: [
      { base: { ...known }, next: moved },
      { base: null, next: other },
    ],
  });
  const stored = await findDocument(server, shelves, { where: { id: shelf } });
  expect(documents[0]).toEqual({ ...stored, _deleted: false });
  expect(await findDocument(server, books, { where: { id: book?.id ?? '' } })).toMatchObject({
    room: 'west',
  });
});

test('a statement of a transaction sees what was written before it, and a rollback leaves nothing', async () => {
  const writer = { actor: librarian, device: 'device', writtenAt: server.now() };
  const book = { ...newBook(), room: 'east' as const, owner: librarian.id, note: '', page: 0 };
  const seen = await transact(server, writer, async (tx) => {
    const created = await tx.create(books, book);
    await tx.update(books, created, { page: 7 });
    return findDocument(server, books, { where: { id: book.id }, transaction: tx.transaction });
  });
  expect(seen.result).toMatchObject({ page: 7 });
  const failing = transact(server, writer, async (tx) => {
    const found = await tx.load(books, book.id);
    if (found) await tx.update(books, found, { page: 8 });
    throw new Error('stop');
  });
  await expect(failing).rejects.toThrow('stop');
  expect(await findDocument(server, books, { where: { id: book.id } })).toMatchObject({ page: 7 });
});
