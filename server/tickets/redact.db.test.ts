import { createHash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
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

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  app = await startApp(database.server);
  lucia = await signIn(app.url, 'lucia');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

async function push(
  collection: 'tickets' | 'messages' | 'files',
  next: { id: string; [field: string]: unknown },
) {
  const { documents } = await pullFrom(lucia.api, collection);
  const base = documents.find(({ id }) => id === next.id) ?? null;
  const { refusals } = await pushTo(lucia.api, collection, [
    { base, next: { ...base, ...next, writtenAt: Date.now() } },
  ]);
  expect(refusals).toEqual([]);
}

const everything = async (text: string) => {
  const { models } = database.server;
  const rows = await Promise.all(
    [models.tickets, models.messages, models.files, models.fileChunks, models.audit].map((model) =>
      model.findAll({ raw: true }),
    ),
  );
  return JSON.stringify(rows).includes(text);
};

test('ASVS 14.2.7 redacting the first message of a ticket leaves no copy of its text, files, file names, hashes or subject', async () => {
  const { newId } = database.server;
  const ticket = newId();
  const message = newId();
  const sha256 = createHash('sha256').update('pin 4711').digest('hex');
  await push('tickets', {
    id: ticket,
    client: lucia.me.id,
    queue: 'technical',
    subject: 'My password is hunter2',
    status: 'open',
  });
  await push('messages', { id: message, ticket, kind: 'answer', body: 'It is still hunter2' });
  const file = newId();
  const text = { kind: 'attachment', ticket, message, mediaType: 'text/plain', size: 8 };
  await push('files', { id: file, ...text, fileName: 'hunter2.txt', sha256, state: 'expected' });
  await fetch(`${app.url}/files/${file}/0`, {
    method: 'PUT',
    headers: { cookie: lucia.cookieNow(), 'content-type': 'application/octet-stream' },
    body: 'pin 4711',
  });
  expect(await everything('hunter2')).toBe(true);
  await push('messages', { id: message, redacted: true });
  expect(await everything('hunter2')).toBe(false);
  expect(await everything(sha256)).toBe(false);
  const { documents } = await pullFrom(lucia.api, 'tickets');
  expect(documents).toMatchObject([{ id: ticket, subject: '(no subject)' }]);
});

test('redacting a later message keeps the subject', async () => {
  const { newId } = database.server;
  const ticket = newId();
  await push('tickets', {
    id: ticket,
    client: lucia.me.id,
    queue: 'technical',
    subject: 'Slow',
    status: 'open',
  });
  await push('messages', { id: newId(), ticket, kind: 'answer', body: 'It is slow' });
  const later = newId();
  await push('messages', { id: later, ticket, kind: 'answer', body: 'Sorry' });
  await push('messages', { id: later, redacted: true });
  const { documents } = await pullFrom(lucia.api, 'tickets');
  expect(documents.find(({ id }) => id === ticket)).toMatchObject({ subject: 'Slow' });
});
