import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDocument } from '#sync/server/row.ts';
import {
  createPerson,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { files } from '#shared/files/schema.ts';

/* Attachments are announced by a push, sent in chunks, resumed, checked by content, and served to readers of the ticket. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let tom: SignedIn;
let ana: SignedIn;
let ines: SignedIn;
let ticket: string;
const mib = 1024 * 1024;
/** Signature, size and the beginning of the picture: enough to be detected as a PNG. */
const pngHead = Buffer.from(
  '89504e470d0a1a0a0000000d4948445200000001000000010802000000907753de7fffffff49444154',
  'hex',
);

beforeAll(async () => {
  database = await openTestDatabase();
  for (const [name, role] of [
    ['lucia', 'client'],
    ['tom', 'client'],
    ['ana', 'helpdesk'],
    ['ines', 'accountant'],
  ] as const)
    await createPerson(database.server, name, role);
  app = await startApp(database.server);
  [lucia, tom, ana, ines] = (await Promise.all(
    ['lucia', 'tom', 'ana', 'ines'].map((name) => signIn(app.url, name)),
  )) as [SignedIn, SignedIn, SignedIn, SignedIn];
  ticket = database.server.newId();
  const next = {
    id: ticket,
    client: lucia.me.id,
    order: null,
    queue: 'technical',
    subject: 'Broken',
    status: 'open',
  };
  await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const sha = (bytes: Buffer) => createHash('sha256').update(bytes).digest('hex');
async function announce(person: SignedIn, bytes: Buffer, over: Record<string, unknown> = {}) {
  const next = {
    id: database.server.newId(),
    kind: 'attachment',
    ticket,
    message: null,
    state: 'expected',
    mediaType: 'image/png',
    fileName: 'photo.png',
    size: bytes.length,
    sha256: sha(bytes),
    ...over,
  };
  const { refusals } = await pushTo(person.api, 'files', [{ base: null, next }]);
  if (refusals[0]) throw new Error(`${refusals[0].code} ${refusals[0].field ?? ''}`);
  return next.id;
}
const put = (person: SignedIn, path: string, bytes: Buffer, headers: Record<string, string> = {}) =>
  fetch(`${app.url}/files/${path}`, {
    method: 'PUT',
    headers: { cookie: person.cookieNow(), 'content-type': 'application/octet-stream', ...headers },
    body: new Uint8Array(bytes),
  });
const get = (person: SignedIn, path: string) =>
  fetch(`${app.url}/files/${path}`, { headers: { cookie: person.cookieNow() } });
const state = async (id: string) =>
  (await findDocument(database.server, files, { where: { id } }))?.state ?? 'gone';

test('a photo is uploaded in chunks in any order, resumed, and read by a person who may see its ticket', async () => {
  const bytes = Buffer.concat([pngHead, randomBytes(2 * mib)]);
  const id = await announce(lucia, bytes);
  expect((await put(lucia, `${id}/2`, bytes.subarray(2 * mib))).status).toBe(200);
  expect(await (await get(lucia, `${id}/chunks`)).json()).toEqual({ state: 'expected', have: [2] });
  expect((await get(lucia, sha(bytes))).status).toBe(404);
  expect((await put(lucia, `${id}/0`, bytes.subarray(0, mib))).status).toBe(200);
  expect((await put(lucia, `${id}/0`, bytes.subarray(0, mib))).status).toBe(200);
  const last = await put(lucia, `${id}/1`, bytes.subarray(mib, 2 * mib));
  expect(await last.json()).toMatchObject({ state: 'stored' });
  const served = await get(ana, sha(bytes));
  expect(sha(Buffer.from(await served.arrayBuffer()))).toBe(sha(bytes));
  expect(served.headers.get('content-disposition')).toBe('attachment; filename="photo.png"');
  expect(served.headers.get('x-content-type-options')).toBe('nosniff');
  const { documents } = await pullFrom(ana.api, 'files');
  expect(documents.find((each) => each.id === id)).toMatchObject({ state: 'stored' });
});

test('another person can neither upload nor read a file, even after announcing the same hash', async () => {
  const bytes = Buffer.concat([pngHead, randomBytes(100)]);
  const id = await announce(lucia, bytes);
  for (const other of [tom, ines]) {
    expect((await put(other, `${id}/0`, bytes)).status).toBe(404);
    expect((await get(other, `${id}/chunks`)).status).toBe(404);
  }
  await put(lucia, `${id}/0`, bytes);
  const own = database.server.newId();
  const next = {
    id: own,
    client: tom.me.id,
    order: null,
    queue: 'technical',
    subject: 'Mine',
    status: 'open',
  };
  await pushTo(tom.api, 'tickets', [{ base: null, next }]);
  await announce(tom, bytes, { ticket: own });
  expect((await get(tom, sha(bytes))).status).toBe(404);
  await expect(announce(tom, bytes)).rejects.toThrow('not-found ticket');
  const nobody = await fetch(`${app.url}/files/${sha(bytes)}`);
  expect(nobody.status).toBe(401);
});

test('original: a proof of any type was served as PDF. A file that does not match its announced type or hash is deleted', async () => {
  const html = Buffer.from('<script>alert(1)</script>');
  const cases = [
    { bytes: html, mediaType: 'application/pdf', field: 'mediaType' },
    { bytes: Buffer.from([0xff, 0xfe, 0x00]), mediaType: 'text/plain', field: 'mediaType' },
    { bytes: Buffer.concat([pngHead, html]), mediaType: 'image/jpeg', field: 'mediaType' },
    { bytes: html, mediaType: 'text/plain', field: 'sha256', sha256: 'a'.repeat(64) },
  ];
  for (const { bytes, field, ...over } of cases) {
    const id = await announce(lucia, bytes, over);
    const answer = await put(lucia, `${id}/0`, bytes);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { data: { errorCode: 'invalid', field } } });
    expect(await state(id)).toBe('gone');
  }
  const text = Buffer.from('Ünïcode text');
  const id = await announce(lucia, text, { mediaType: 'text/plain', fileName: 'log.txt' });
  await put(lucia, `${id}/0`, text);
  expect(await state(id)).toBe('stored');
});

test('a chunk with a wrong length or number, too large, from another site or of another type is refused', async () => {
  const bytes = Buffer.concat([pngHead, randomBytes(mib)]);
  const id = await announce(lucia, bytes);
  expect((await put(lucia, `${id}/0`, bytes.subarray(0, 10))).status).toBe(400);
  expect((await put(lucia, `${id}/2`, bytes.subarray(0, 10))).status).toBe(400);
  expect((await put(lucia, `${id}/x`, bytes.subarray(0, 10))).status).toBe(400);
  expect((await put(lucia, `${id}/0`, bytes)).status).toBe(413);
  expect(
    (await put(lucia, `${id}/0`, bytes.subarray(0, mib), { 'sec-fetch-site': 'cross-site' })).status,
  ).toBe(403);
  expect((await put(lucia, `${id}/0`, bytes.subarray(0, mib), { 'content-type': 'text/plain' })).status).toBe(
    415,
  );
  expect(await (await get(lucia, `${id}/chunks`)).json()).toEqual({ state: 'expected', have: [] });
  await expect(announce(lucia, bytes, { size: 10_000_001 })).rejects.toThrow('invalid size');
  await expect(announce(lucia, bytes, { mediaType: 'text/html' })).rejects.toThrow('invalid mediaType');
});

test('only the person who announced a file sends its bytes, even to staff who see it', async () => {
  const bytes = Buffer.concat([pngHead, randomBytes(70)]);
  const id = await announce(lucia, bytes);
  expect((await put(ana, `${id}/0`, bytes)).status).toBe(404);
  expect((await put(lucia, `${id}/0`, bytes)).status).toBe(200);
});

test('ASVS 8.2.2 only the author of a message adds files to it', async () => {
  const message = database.server.newId();
  await pushTo(lucia.api, 'messages', [
    { base: null, next: { id: message, ticket, kind: 'answer', body: 'Look' } },
  ]);
  const bytes = Buffer.concat([pngHead, randomBytes(80)]);
  await expect(announce(ana, bytes, { message })).rejects.toThrow('not-found message');
  await announce(lucia, bytes, { message });
});

test('a text with the name of a program is stored under a name that no click runs, and stays so when it is sent again', async () => {
  const bytes = Buffer.from('del *.*');
  const id = await announce(lucia, bytes, { mediaType: 'text/plain', fileName: 'run.bat' });
  const found = await findDocument(database.server, files, { where: { id } });
  expect(found).toMatchObject({ fileName: 'run.bat.txt' });
  await announce(lucia, bytes, { id, mediaType: 'text/plain', fileName: 'run.bat.txt' });
});

test.each([
  ['UTF-16', Buffer.from('\ufeffaño', 'utf16le')],
  ['Latin-1', Buffer.from('año', 'latin1')],
])('a text in %s is accepted as text', async (_, bytes) => {
  const id = await announce(lucia, bytes, { mediaType: 'text/plain', fileName: 'log.txt' });
  expect((await put(lucia, `${id}/0`, bytes)).status).toBe(200);
  expect(await state(id)).toBe('stored');
});

test('devices that send the last chunk at once store the file once', async () => {
  const bytes = Buffer.concat([pngHead, randomBytes(500)]);
  const id = await announce(lucia, bytes);
  const answers = await Promise.all([1, 2, 3].map(() => put(lucia, `${id}/0`, bytes)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
  const stored = await database.server.models.audit.count({ where: { document: id, action: 'update' } });
  expect(stored).toBe(1);
});

test('a client never sees a file on a note, and sees a file on an answer once the answer arrives', async () => {
  const bytes = Buffer.concat([pngHead, randomBytes(60)]);
  const attach = async (kind: 'answer' | 'note') => {
    const message = database.server.newId();
    const id = await announce(ana, bytes, { message, sha256: sha(bytes) });
    await put(ana, `${id}/0`, bytes);
    const seen = async () => (await pullFrom(lucia.api, 'files')).documents.some((each) => each.id === id);
    expect(await seen()).toBe(false);
    const next = { id: message, ticket, kind, body: 'See the file' };
    await pushTo(ana.api, 'messages', [{ base: null, next }]);
    return seen;
  };
  const note = await attach('note');
  expect(await note()).toBe(false);
  expect((await get(lucia, sha(bytes))).status).toBe(404);
  const answer = await attach('answer');
  expect(await answer()).toBe(true);
  expect((await get(lucia, sha(bytes))).status).toBe(200);
});
