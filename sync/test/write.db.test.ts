import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Actor } from '#shared/engine/actor.ts';
import { findDocument } from '../server/row.ts';
import { transact } from '../server/transaction.ts';
import { books, shelves } from '../toy-collections.ts';
import { actorNamed, openToyServer, pullAll, pushRows, type ToyServer } from './toy-server.ts';

/* The write pipeline, over the toy collections. */

let server: ToyServer;
let librarian: Actor;
let reader: Actor;
let shelf: string;

beforeAll(async () => {
  server = await openToyServer();
});
afterAll(() => server.close());
beforeEach(async () => {
  librarian = actorNamed(server, 'librarian');
  reader = actorNamed(server, 'reader');
  shelf = server.newId();
  await pushRows(server, librarian, {
    collection: 'shelves',
    rows: [{ base: null, next: { id: shelf, room: 'east', title: 'Novels', writtenAt: server.now() } }],
  });
  server.hooksRun.length = 0;
});

const newBook = (fields: object = {}) => ({
  id: server.newId(),
  shelf,
  title: 'Dune',
  writtenAt: server.now(),
  ...fields,
});
const push = (actor: Actor, next: Record<string, unknown>, base: Record<string, unknown> | null = null) =>
  pushRows(server, actor, { collection: 'books', rows: [{ base, next }] });
const stored = (id: string) => findDocument(server, books, { where: { id } });
/** One later write of the same device: a device never writes twice at one time. */
const later = () => server.now() + 1_000;

test('a new document gets its defaults and derived fields, whatever the device sent for those', async () => {
  const book = newBook({ room: 'west', owner: server.newId(), seq: 999 });
  const { documents, refusals } = await push(reader, book);
  expect(refusals).toEqual([]);
  expect(documents[0]).toMatchObject({ room: 'east', owner: reader.id, note: '', page: 0, _deleted: false });
  expect(await stored(book.id)).toMatchObject({ room: 'east', owner: reader.id });
  expect(server.hooksRun).toEqual(['derive', 'afterWrite']);
});

test('a document that is sent twice is stored once', async () => {
  const book = newBook();
  await push(reader, book);
  const { documents, refusals } = await push(reader, book);
  expect(refusals).toEqual([]);
  expect(documents[0]?._deleted).toBe(false);
  expect(server.hooksRun).toEqual(['derive', 'afterWrite']);
});

test('two people change different fields of one document: both changes are kept', async () => {
  const book = newBook();
  const base = (await push(reader, book)).documents[0] ?? {};
  await push(librarian, { ...base, note: 'torn', writtenAt: later() }, base);
  const { refusals } = await push(reader, { ...base, title: 'Dune Messiah', writtenAt: later() }, base);
  expect(refusals).toEqual([]);
  expect(await stored(book.id)).toMatchObject({ note: 'torn', title: 'Dune Messiah' });
});

test('two people change one field: the second is refused with the current value, unless the field has a rule', async () => {
  const book = newBook();
  const base = (await push(reader, book)).documents[0] ?? {};
  await push(librarian, { ...base, title: 'Dune (1965)', page: 40, writtenAt: later() }, base);
  const { refusals } = await push(reader, { ...base, title: 'DUNE', writtenAt: later() }, base);
  expect(refusals).toMatchObject([{ code: 'changed-meanwhile', field: 'title', detail: 'Dune (1965)' }]);
  await push(reader, { ...base, page: 12, writtenAt: later() }, base);
  expect(await stored(book.id)).toMatchObject({ title: 'Dune (1965)', page: 40 });
});

test.each([
  ['a field with an invalid value', { title: '' }, 'invalid', 'title'],
  ['an unknown field', { colour: 'red' }, 'unknown-field', 'colour'],
  ['a missing parent', { shelf: '0190a000-0000-7000-8000-00000000dead' }, 'not-found', 'shelf'],
])(
  '%s is refused by name, and the device learns that there is no document',
  async (_, fields, code, field) => {
    const book = newBook(fields);
    const { documents, refusals } = await push(reader, book);
    expect(refusals).toMatchObject([{ id: book.id, code, field }]);
    expect(documents).toMatchObject([{ id: book.id, _deleted: true }]);
    expect(await stored(book.id)).toBeNull();
  },
);

test('a field that the writer may not read is refused before it is compared', async () => {
  const book = newBook({ note: 'secret' });
  await push(librarian, book);
  const { refusals } = await push(
    reader,
    { ...book, note: 'secret', writtenAt: later() },
    { ...book, note: '' },
  );
  expect(refusals).toMatchObject([{ code: 'forbidden-field', field: 'note' }]);
});

test('a document sent as new under an existing id does not reveal a hidden field: a right guess is refused like a wrong one', async () => {
  const book = newBook({ page: 40 });
  await push(librarian, book);
  for (const page of [40, 41]) {
    const { refusals } = await push(reader, { ...book, page, writtenAt: later() });
    expect(refusals, String(page)).toMatchObject([{ code: 'forbidden-field', field: 'page' }]);
  }
});

test('a document that the writer may not see does not exist for them', async () => {
  const west = server.newId();
  const next = { id: west, room: 'west', title: 'Atlases', writtenAt: server.now() };
  await pushRows(server, librarian, { collection: 'shelves', rows: [{ base: null, next }] });
  const rows = [{ base: next, next: { ...next, title: 'Mine', writtenAt: later() } }];
  const { refusals } = await pushRows(server, reader, { collection: 'shelves', rows });
  expect(refusals).toMatchObject([{ code: 'not-found' }]);
});

test('a role without the right to create is refused, although the hooks accept the document', async () => {
  const next = { id: server.newId(), room: 'east', title: 'Mine', writtenAt: server.now() };
  const { refusals } = await pushRows(server, reader, {
    collection: 'shelves',
    rows: [{ base: null, next }],
  });
  expect(refusals).toMatchObject([{ code: 'not-allowed' }]);
});

test('a hook that fails undoes the whole write', async () => {
  const book = newBook({ title: 'Fails' });
  await expect(push(reader, book)).rejects.toThrow('a hook failed');
  expect(await stored(book.id)).toBeNull();
});

test('a hook can change other documents: they get their own seq, and their own hooks run', async () => {
  const book = newBook();
  await push(reader, book);
  const { since } = await pullAll(server, librarian, { collection: 'books' });
  server.hooksRun.length = 0;
  const found = await findDocument(server, shelves, { where: { id: shelf } });
  if (!found) throw new Error('the shelf was created above');
  await pushRows(server, librarian, {
    collection: 'shelves',
    rows: [{ base: found, next: { ...found, room: 'west', writtenAt: later() } }],
  });
  expect(server.hooksRun).toEqual(['afterWrite']);
  const { documents } = await pullAll(server, librarian, { collection: 'books', since });
  expect(documents).toMatchObject([{ id: book.id, room: 'west' }]);
});

test('the audit says who changed what from which device, without the values of unaudited fields', async () => {
  const book = newBook({ note: 'private' });
  await push(reader, book);
  const [line] = (await server.models.audit.findAll({
    where: { document: book.id },
    raw: true,
  })) as unknown as { actor: string; device: string; action: string; changes: string }[];
  expect(line).toMatchObject({ actor: reader.id, device: 'device', action: 'create' });
  expect(line?.changes).toContain('Dune');
  expect(line?.changes).not.toContain('private');
});

test('a job writes what the server decides: it needs no right, and a wrong document is refused', async () => {
  const writer = { actor: null, device: 'job', writtenAt: server.now() };
  const book = { ...newBook(), room: 'east' as const, owner: reader.id, note: '', page: 0 };
  await transact(server, writer, (tx) => tx.create(books, book));
  expect(await stored(book.id)).toMatchObject({ title: 'Dune' });
  const wrong = transact(server, writer, (tx) => tx.create(books, { ...book, id: server.newId(), page: -1 }));
  await expect(wrong).rejects.toMatchObject({ code: 'invalid', field: 'page' });
});
