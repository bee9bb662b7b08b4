import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { callerOf, signInWith, type Caller } from '../account-caller.ts';
import {
  createPerson,
  openTestDatabase,
  password,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test-server.ts';
import type { Server } from '../../context.ts';
import { serializers } from '../../open-server.ts';

/* Logging and error answers (OWASP ASVS 5.0, chapter 16). Each test fails without its defence. */

let database: TestDatabase;
let server: Server;
let app: TestApp;
let admin: Caller;
let lucia: SignedIn;
let log = '';

beforeAll(async () => {
  database = await openTestDatabase();
  const sink = new Writable({
    write(chunk: Buffer, _encoding, done) {
      log += chunk.toString();
      done();
    },
  });
  server = { ...database.server, log: pino({ level: 'debug', serializers }, sink) };
  await createPerson(server, 'arturo', 'admin');
  await createPerson(server, 'lucia', 'client');
  app = await startApp(server);
  admin = await signInWith(app.url, 'arturo');
  lucia = await signIn(app.url, 'lucia');
});
beforeEach(async () => {
  log = '';
  await server.models.throttles.destroy({ where: {} });
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const lines = () =>
  log
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Record<string, unknown>);
const ticket = (subject: string) => ({
  id: server.newId(),
  client: lucia.me.id,
  order: null,
  queue: 'technical',
  status: 'open',
  subject,
});

test('ASVS 16.3.1 successful and failed sign-ins are logged with the person and the address', async () => {
  await callerOf(app.url).post('account.signIn', { login: 'lucia', password });
  await callerOf(app.url).post('account.signIn', { login: 'lucia', password: 'wrong' });
  const signIns = lines().filter(({ msg }) => msg === 'signed in' || msg === 'sign-in failed');
  expect(signIns.map(({ msg }) => msg)).toEqual(['signed in', 'sign-in failed']);
  expect(signIns[0]).toMatchObject({
    person: lucia.me.id,
    address: expect.stringContaining('127.0.0.1') as string,
  });
  expect(signIns[1]).toMatchObject({
    login: 'lucia',
    address: expect.stringContaining('127.0.0.1') as string,
  });
});

test('ASVS 16.3.2 refused writes and calls are logged with the person and the target', async () => {
  await callerOf(app.url, lucia.cookieNow()).get('settings.read');
  await pushTo(lucia.api, 'services', [{ base: null, next: { id: server.newId(), name: 'mine' } }]);
  expect(lines()).toContainEqual(
    expect.objectContaining({ msg: 'request refused', path: 'settings.read', actor: lucia.me.id }),
  );
  expect(lines()).toContainEqual(
    expect.objectContaining({ msg: 'write refused', collection: 'services', actor: lucia.me.id }),
  );
});

test('ASVS 16.2.1 log lines have a time, and the audit records person, device, document, old value and new value', async () => {
  await callerOf(app.url).post('account.signIn', { login: 'lucia', password });
  for (const line of lines())
    expect(Date.parse(new Date(Number(line['time'])).toISOString())).toBeGreaterThan(0);
  const { documents } = await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket('audited') }]);
  const row = await server.models.audit.findOne({ where: { document: documents[0]?.id ?? '' }, raw: true });
  expect(row).toMatchObject({
    actor: lucia.me.id,
    actorName: 'lucia',
    device: 'test',
    action: 'create',
    collection: 'tickets',
  });
  expect((row as unknown as { changes: string }).changes).toContain('[null,"audited"]');
});

test('ASVS 16.2.5 the log contains no password, token or cookie, even when a call fails', async () => {
  const caller = callerOf(app.url);
  await caller.post('account.signIn', { login: 'lucia', password: 'a very secret word' });
  await caller.post('account.verify', { token: 'T'.repeat(43), password: 'a very secret word' });
  await caller.post('account.signIn', { login: 'lucia', password });
  expect(log).toContain('sign-in failed');
  expect(log).not.toMatch(/a very secret word|correct horse|TTTTTT|sid=|s%3A/);
});

test('ASVS 16.4.1 a line break in an input cannot start a line of the log', async () => {
  await callerOf(app.url).post('account.signIn', { login: 'x\n{"level":60,"msg":"forged"}', password });
  expect(lines().map(({ msg }) => msg)).not.toContain('forged');
  expect(lines().length).toBeGreaterThan(0);
});

test('ASVS 16.5.1 an internal error is answered without internal details', async () => {
  const models = {
    ...server.models,
    outbox: { findAll: () => Promise.reject(new Error('SELECT * FROM secret_table')) } as never,
  };
  const broken = await startApp({ ...server, models });
  const answer = await callerOf(broken.url, admin.cookie()).get('outbox.list', {
    state: null,
    text: '',
    before: null,
  });
  expect(answer.status).toBe(500);
  const text = await answer.text();
  expect(text).toContain('internal');
  expect(text).not.toMatch(/SELECT|secret_table|\.ts:|stack/);
  expect(log).toContain('a request failed');
  await broken.stop();
});

test('ASVS 16.5.3 if rights cannot be read, every call is refused', async () => {
  const db = { query: () => Promise.reject(new Error('database gone')) } as never;
  const broken = await startApp({ ...server, db });
  const answer = await callerOf(broken.url, admin.cookie()).get('settings.read');
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain('seller');
  await broken.stop();
});
