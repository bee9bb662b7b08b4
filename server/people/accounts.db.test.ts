import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { callerOf, codeIn, emailTo, nextTotp, signInWith, type Caller } from '../test/account-caller.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  password,
  signIn,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import type { EmailPayloads } from '../email/outbox.ts';
import { findRows } from '../models/rows.ts';
import { tidy } from './tidy.ts';

let database: TestDatabase;
let app: TestApp;
let anybody: Caller;
let admin: Caller;
let arturo: Documents['people'];

beforeAll(async () => {
  database = await openTestDatabase();
  arturo = await createPerson(database.server, 'arturo', 'admin');
  app = await startApp(database.server);
  anybody = callerOf(app.url);
  admin = await signInWith(app.url, 'arturo');
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await app.stop();
  await database.close();
});

const strong = 'a fine long phrase';
const person = (username: string) =>
  database.server.models.people.findOne({ where: { username }, raw: true }) as unknown as Promise<
    Documents['people'] | null
  >;
const register = (username: string, email = `${username}@mail.example`) =>
  anybody.post('account.register', { username, email, language: 'en' });
const proof = { password };
const verify = (token: string, more = {}) =>
  anybody.post('account.verify', { token, password: strong, ...more });

async function registered(username: string): Promise<string> {
  await register(username);
  return emailTo(database.server, `${username}@mail.example`, '/verify#');
}

test('a person registers, verifies the address with the link, and signs in by name or e-mail in any case', async () => {
  const token = await registered('nora');
  expect(await codeIn(await anybody.post('account.signIn', { login: 'nora', password: strong }))).toBe(
    'wrong-credentials',
  );
  expect((await verify(token)).status).toBe(200);
  expect(await person('nora')).toMatchObject({ status: 'verified', role: 'client' });
  for (const login of ['nora', 'NORA', 'Nora@Mail.Example']) {
    expect((await anybody.post('account.signIn', { login, password: strong })).status, login).toBe(200);
  }
  expect(await codeIn(await verify(token))).toBe('bad-token');
});

test('admins get an e-mail about a registration and about its confirmation', async () => {
  const token = await registered('olga');
  await verify(token);
  const { id } = (await person('olga')) ?? { id: '' };
  const rows = await database.server.models.outbox.findAll({ where: { document: id }, raw: true });
  const notified = (rows as unknown as { kind: string; recipient: string }[]).map(
    (row) => `${row.kind} ${row.recipient}`,
  );
  expect(notified.sort()).toEqual([`person-registered ${arturo.email}`, `person-verified ${arturo.email}`]);
});

test('a taken username is revealed only after the link, and another can be chosen', async () => {
  await register('arturo', 'second@mail.example');
  const token = await emailTo(database.server, 'second@mail.example', '/verify#');
  expect(await codeIn(await verify(token))).toBe('taken');
  expect((await verify(token, { username: 'arturo2' })).status).toBe(200);
  expect(await person('arturo2')).toMatchObject({ status: 'verified', email: 'second@mail.example' });
});

test('original: no unique username or e-mail. Two people who register one name at once both get an account, one under another name', async () => {
  const answers = await Promise.all(['x1', 'x2'].map((mail) => register('twin', `${mail}@mail.example`)));
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  const email = ['x1@mail.example', 'x2@mail.example'];
  expect(await database.server.models.people.count({ where: { email } })).toBe(2);
});

test('an account that was never verified is deleted after 7 days', async () => {
  await registered('ghost');
  const inAWeek = { ...database.server, now: () => Date.now() + 8 * 86_400_000 };
  await tidy(inAWeek);
  expect(await person('ghost')).toBeNull();
  expect(await person('arturo')).not.toBeNull();
});

test('original: verification code never expires. A link in an e-mail expires', async () => {
  const token = await registered('late');
  await database.server.models.tokens.update({ expiresAt: Date.now() - 1 }, { where: { purpose: 'verify' } });
  expect(await codeIn(await verify(token))).toBe('bad-token');
});

test('original: verification code is shown to admins. No list, document or audit line contains a token or a hash', async () => {
  const token = await registered('shown');
  const audit = await admin.get('audit.list', {
    collection: '',
    actor: null,
    text: '',
    from: null,
    to: null,
    before: null,
  });
  const emails = await admin.get('outbox.list', { state: null, text: '', before: null });
  const everything = `${await audit.text()} ${await emails.text()} ${JSON.stringify(await person('shown'))}`;
  expect(everything).toContain('shown');
  expect(everything).not.toContain(token);
  expect(everything).not.toContain('argon2');
});

test('a forgotten password is reset with a link that works once, all sessions end, and the owner gets an e-mail', async () => {
  await createPerson(database.server, 'petra', 'client');
  const old = await signInWith(app.url, 'petra');
  await anybody.post('account.requestReset', { email: 'petra@test.example' });
  const token = await emailTo(database.server, 'petra@test.example', '/set-password#');
  expect((await anybody.post('account.setPassword', { token, password: strong })).status).toBe(200);
  expect((await old.get('account.sessions')).status).toBe(401);
  expect((await anybody.post('account.signIn', { login: 'petra', password })).status).toBe(400);
  expect((await anybody.post('account.signIn', { login: 'petra', password: strong })).status).toBe(200);
  expect(await codeIn(await anybody.post('account.setPassword', { token, password: strong }))).toBe(
    'bad-token',
  );
  const notified = await database.server.models.outbox.count({
    where: { kind: 'account-changed', recipient: 'petra@test.example' },
  });
  expect(notified).toBe(1);
});

test('a new e-mail address takes effect when its link is used, and the old address gets an e-mail', async () => {
  await createPerson(database.server, 'rosa', 'client');
  const rosa = await signInWith(app.url, 'rosa');
  await rosa.post('account.changeEmail', { proof, email: 'rosa2@mail.example' });
  expect(await person('rosa')).toMatchObject({ email: 'rosa@test.example' });
  const token = await emailTo(database.server, 'rosa2@mail.example', '/confirm-email#');
  expect((await anybody.post('account.confirmEmail', { token })).status).toBe(200);
  expect(await person('rosa')).toMatchObject({ email: 'rosa2@mail.example' });
  const where = { kind: 'account-changed', recipient: 'rosa@test.example' };
  expect(await database.server.models.outbox.count({ where })).toBe(1);
});

test('an admin invites a person, who sets a password with the link', async () => {
  const card = { username: 'ivan', displayName: 'Iván', email: 'Ivan@Mail.example', language: 'es' };
  const answer = await admin.post('people.add', { ...card, role: 'helpdesk', proof });
  expect(answer.status).toBe(200);
  const token = await emailTo(database.server, 'ivan@mail.example', '/set-password#');
  await anybody.post('account.setPassword', { token, password: strong });
  const ivan = await signIn(app.url, 'ivan', {}, strong);
  expect(ivan.me.role).toBe('helpdesk');
  const again = await admin.post('people.add', {
    ...card,
    email: 'other@mail.example',
    role: 'client',
    proof,
  });
  expect(await again.json()).toMatchObject({ error: { data: { errorCode: 'taken', field: 'username' } } });
});

test('the last admin cannot be removed, demoted or disabled, not even by two admins at once', async () => {
  for (const [procedure, change] of [
    ['people.setRole', { role: 'client' }],
    ['people.setStatus', { status: 'disabled' }],
    ['people.remove', {}],
  ] as const) {
    const answer = await admin.post(procedure, { id: arturo.id, ...change, proof });
    expect(await codeIn(answer), procedure).toBe('last-admin');
  }
  const berta = await createPerson(database.server, 'berta', 'admin');
  const second = await signInWith(app.url, 'berta');
  const answers = await Promise.all([
    admin.post('people.setRole', { id: berta.id, role: 'client', proof }),
    second.post('people.setRole', { id: arturo.id, role: 'client', proof }),
  ]);
  expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
  const admins = await database.server.models.people.count({ where: { role: 'admin', status: 'verified' } });
  expect(admins).toBe(1);
  // Make arturo an admin again for the other tests, with the epoch that their caller has.
  await database.server.models.people.update({ role: 'admin' }, { where: { id: arturo.id } });
  await database.server.models.credentials.update({ epoch: 0 }, { where: { person: arturo.id } });
});

test('a person with an order cannot be removed; a person without one can', async () => {
  const kept = await createPerson(database.server, 'kept', 'client');
  await createOrder(database.server, kept.id, { since: '2026-01-01', amount: 500 });
  const gone = await createPerson(database.server, 'gone', 'client');
  expect(await codeIn(await admin.post('people.remove', { id: kept.id, proof }))).toBe('has-documents');
  expect((await admin.post('people.remove', { id: gone.id, proof })).status).toBe(200);
  expect(await person('gone')).toBeNull();
  expect(await person('kept')).not.toBeNull();
});

test('the device of a removed account, and replicas that held the account, see the removal', async () => {
  const { id } = await createPerson(database.server, 'brief', 'client');
  const brief = await signInWith(app.url, 'brief');
  const before = await admin.pull('people');
  await admin.post('people.remove', { id, proof });
  expect(await codeIn(await brief.get('account.sessions'))).toBe('account-disabled');
  const after = await admin.pull('people', before.checkpoint.seq);
  expect(after.documents.find((each) => each.id === id)).toMatchObject({ _deleted: true });
});

test('the owner gets an e-mail about each change by an admin; saving without a change is no error', async () => {
  const sara = await createPerson(database.server, 'sara', 'client');
  const card = {
    id: sara.id,
    username: 'sara',
    displayName: 'sara',
    email: 'sara@test.example',
    language: 'en',
  };
  // original: saving without a change reported as an SQL error
  expect((await admin.post('people.edit', card)).status).toBe(200);
  expect((await admin.post('people.edit', { ...card, email: 'x@mail.example' })).status).toBe(400);
  await admin.post('people.edit', { ...card, email: 'sara2@mail.example', proof });
  await admin.post('people.setRole', { id: sara.id, role: 'helpdesk', proof });
  const rows = await findRows(database.server.models.outbox, {
    where: { person: sara.id, kind: 'account-changed' },
  });
  const notified = rows.map(({ recipient, payload }) => {
    const { what } = payload as EmailPayloads['account-changed'];
    return `${what} ${recipient}`;
  });
  expect(notified.sort()).toEqual([
    'email sara2@mail.example',
    'email sara@test.example',
    'role sara2@mail.example',
  ]);
});

test('a sign-in from a new device sends an e-mail; one from the first or a known device does not', async () => {
  await createPerson(database.server, 'dora', 'client');
  const from = (device: string) => anybody.post('account.signIn', { login: 'dora', password, device });
  const notified = () =>
    database.server.models.outbox.count({
      where: { kind: 'account-changed', recipient: 'dora@test.example' },
    });
  await from('phone');
  await from('phone');
  expect(await notified()).toBe(0);
  await from('laptop');
  expect(await notified()).toBe(1);
  await from('laptop');
  expect(await notified()).toBe(1);
});

test('in production staff need a second factor, which they can set up before they sign in', async () => {
  await createPerson(database.server, 'prod', 'helpdesk');
  await createPerson(database.server, 'prodclient', 'client');
  const config = { ...database.server.config, production: true };
  const production = await startApp({ ...database.server, config });
  const caller = callerOf(production.url);
  const credentials = { login: 'prod', password };
  expect(await codeIn(await caller.post('account.signIn', credentials))).toBe('second-factor-required');
  const begun = await caller.post('account.beginTotp', credentials);
  const { result } = (await begun.json()) as { result: { data: { secret: string } } };
  const { secret } = result.data;
  const confirmed = await caller.post('account.confirmTotp', { ...credentials, code: nextTotp(secret) });
  expect(confirmed.status).toBe(200);
  expect(await codeIn(await caller.post('account.signIn', credentials))).toBe('code-needed');
  const entered = await caller.post('account.signIn', { ...credentials, code: nextTotp(secret, 1) });
  expect(entered.status).toBe(200);
  // once there is a second factor, the password alone cannot set up another one
  expect(await codeIn(await callerOf(production.url).post('account.beginTotp', credentials))).toBe(
    'not-allowed',
  );
  expect((await caller.post('account.signIn', { login: 'prodclient', password })).status).toBe(200);
  await production.stop();
});

test('the live stream of a disabled user ends at once', async () => {
  const { id } = await createPerson(database.server, 'live', 'client');
  const { api } = await signIn(app.url, 'live');
  let ended = false;
  let started = false;
  const stream = api.sync.pokes.subscribe(undefined, {
    onStarted: () => (started = true),
    onComplete: () => (ended = true),
    onError: () => (ended = true),
  });
  await until(() => started);
  await admin.post('people.setStatus', { id, status: 'disabled', proof });
  await until(() => ended, 3_000);
  stream.unsubscribe();
  await expect(api.sync.pull.query({ collection: 'people', epoch: 0, since: 0, limit: 1 })).rejects.toThrow(
    'account-disabled',
  );
});
