import { afterAll, beforeAll, expect, test } from 'vitest';
import { fileTypes } from '#shared/files/schema.ts';
import { transact, type Server } from '../../context.ts';
import { storeFile } from '../../files/stored-files.ts';
import { makeInvoices } from '../../invoices/make-invoices.ts';
import { codeIn, signInWith, type Caller } from '../account-caller.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  system,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test-server.ts';

/* Files that people send (OWASP ASVS 5.0, chapter 5). Each test fails without its defence. */

let database: TestDatabase;
let server: Server;
let app: TestApp;
let admin: Caller;
let lucia: SignedIn;

beforeAll(async () => {
  database = await openTestDatabase();
  server = database.server;
  await createPerson(server, 'arturo', 'admin');
  await createPerson(server, 'lucia', 'client');
  app = await startApp(server);
  admin = await signInWith(app.url, 'arturo');
  lucia = await signIn(app.url, 'lucia');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

test('ASVS 5.2.2 a logo is accepted only if its content is a complete PNG', async () => {
  const pixel =
    'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
  const set = async (png: string) => codeIn(await admin.post('settings.logo', { png }));
  const damaged = Buffer.from(pixel, 'base64');
  damaged[45] = (damaged[45] ?? 0) ^ 1;
  const tail = Buffer.concat([Buffer.from(pixel, 'base64'), Buffer.from('<script>')]);
  for (const bytes of [
    Buffer.from('<svg onload=alert(1)>'),
    damaged,
    tail,
    Buffer.from(pixel, 'base64').subarray(0, 40),
  ]) {
    expect(await set(bytes.toString('base64'))).toBe('invalid');
  }
  expect(await set(pixel)).toBeNull();
  expect((await fetch(`${app.url}/logo.png`)).headers.get('content-type')).toBe('image/png');
});

test('ASVS 5.4.2 a file is served as a download, with a name that cannot break out of its header', async () => {
  const order = await createOrder(server, lucia.me.id, { since: '2026-01-01', amount: 500 });
  expect(order.client).toBe(lucia.me.id);
  await makeInvoices(server);
  const row = await server.models.invoices.findOne({ where: { client: lucia.me.id }, raw: true });
  const invoice = (row as unknown as { id: string }).id;
  const file = { invoice, client: lucia.me.id, fileName: 'a.pdf', bytes: Buffer.from('pdf') };
  const { result: hash } = await transact(server, system(server), (tx) => storeFile(tx, file));
  // The product stores no such name, but the route must not rely on that.
  const fileName = 'a"\r\nSet-Cookie: x=1;.pdf';
  await server.models.files.update({ fileName }, { where: { sha256: hash } });
  const answer = await fetch(`${app.url}/files/${hash}`, { headers: { cookie: lucia.cookieNow() } });
  expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[\w.-]+"$/);
  expect(answer.headers.get('set-cookie')).toBeNull();
});

test('ASVS 5.2.2 a file of a type that is not allowed is refused (the original served any type as PDF)', async () => {
  expect(fileTypes).not.toContain('text/html');
  const next = {
    id: server.newId(),
    kind: 'proof',
    invoice: server.newId(),
    mediaType: 'text/html',
    fileName: 'x',
    size: 1,
    sha256: 'a'.repeat(64),
    state: 'expected',
  };
  const { refusals } = await pushTo(lucia.api, 'files', [{ base: null, next }]);
  expect(refusals[0]).toMatchObject({ code: 'invalid', field: 'mediaType' });
});
