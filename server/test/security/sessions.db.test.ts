import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { callerOf, codeIn, signInWith, type Caller } from '../account-caller.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  password,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  type TestApp,
  type TestDatabase,
} from '../test-server.ts';

/* Sessions and authorization (OWASP ASVS 5.0, chapters 7 and 8). Each test fails without its defence. */

let database: TestDatabase;
let app: TestApp;
let admin: Caller;
beforeAll(async () => {
  database = await openTestDatabase();
  app = await startApp(database.server);
  await createPerson(database.server, 'arturo', 'admin');
  admin = await signInWith(app.url, 'arturo');
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await app.stop();
  await database.close();
});

const proof = { password };
let last = 0;
const person = (role: 'client' | 'helpdesk' = 'client') =>
  createPerson(database.server, `s${(last += 1)}`, role);
const alive = async (caller: Caller) => (await caller.get('account.sessions')).status === 200;

test('ASVS 7.2.3 a session id has at least 128 random bits, and no two are equal', async () => {
  const { username } = await person();
  const ids = await Promise.all([1, 2, 3].map(async () => (await signInWith(app.url, username)).cookie()));
  expect(new Set(ids).size).toBe(3);
  for (const cookie of ids) {
    const id = /s:([^.]+)\./.exec(decodeURIComponent(cookie))?.[1] ?? '';
    expect(Buffer.from(id, 'base64url').length * 8).toBeGreaterThanOrEqual(128);
  }
});

test('ASVS 7.3.2 a session ends after 60 days even if it is used every day', async () => {
  const { id, username } = await person();
  const caller = await signInWith(app.url, username);
  await database.server.models.sessions.update(
    { createdAt: Date.now() - 61 * 86_400_000, seenAt: Date.now() },
    { where: { person: id } },
  );
  expect(await alive(caller)).toBe(false);
});

test('ASVS 7.4.2 disabling an account ends all of its sessions at once and permanently', async () => {
  const { id, username } = await person();
  const [phone, desk] = [await signInWith(app.url, username), await signInWith(app.url, username)];
  await admin.post('people.setStatus', { id, status: 'disabled', proof });
  expect(await codeIn(await phone.get('account.sessions'))).toBe('account-disabled');
  expect(await codeIn(await desk.get('account.sessions'))).toBe('account-disabled');
  await admin.post('people.setStatus', { id, status: 'verified', proof });
  expect(await alive(phone)).toBe(false);
});

test('ASVS 7.4.3 a new password ends all other sessions', async () => {
  const { username } = await person('helpdesk');
  const [here, there] = [await signInWith(app.url, username), await signInWith(app.url, username)];
  await here.post('account.changePassword', { proof, password: 'a fine long phrase' });
  expect([await alive(here), await alive(there)]).toEqual([true, false]);
});

test('ASVS 7.4.5 an admin can end all sessions of a person', async () => {
  const { id, username } = await person();
  const caller = await signInWith(app.url, username);
  expect((await admin.post('people.endSessions', { id })).status).toBe(200);
  expect(await alive(caller)).toBe(false);
});

test('ASVS 7.5.1 changing e-mail, password, second factor, role or status requires the password again', async () => {
  const { id, username } = await person();
  const caller = await signInWith(app.url, username);
  const bad = { password: 'not this' };
  const tries: [Caller, string, object][] = [
    [caller, 'account.changePassword', { proof: bad, password: 'a fine long phrase' }],
    [caller, 'account.changeEmail', { proof: bad, email: 'x@mail.example' }],
    [caller, 'account.beginTotp', bad],
    [caller, 'account.removeTotp', { proof: bad }],
    [admin, 'people.setRole', { id, role: 'admin', proof: bad }],
    [admin, 'people.setStatus', { id, status: 'disabled', proof: bad }],
    [admin, 'people.remove', { id, proof: bad }],
    [admin, 'people.removeTotp', { id, proof: bad }],
    [
      admin,
      'people.edit',
      { id, username, displayName: 'x', email: 'new@mail.example', language: 'en', proof: bad },
    ],
  ];
  for (const [who, procedure, input] of tries) {
    expect(await codeIn(await who.post(procedure, input)), procedure).toBe('wrong-credentials');
  }
  const row = await database.server.models.people.findOne({ where: { id }, raw: true });
  expect(row).toMatchObject({ role: 'client', status: 'verified', email: `${username}@test.example` });
});

test('ASVS 7.5.2 people see their own sessions and can end them with their password, but not those of others', async () => {
  const { username } = await person();
  const other = await signInWith(app.url, (await person()).username);
  const [here, there] = [await signInWith(app.url, username), await signInWith(app.url, username)];
  type List = { result: { data: { sessions: { id: string; current: boolean }[] } } };
  const list = async (caller: Caller) =>
    ((await (await caller.get('account.sessions')).json()) as List).result.data.sessions;
  const sessions = await list(here);
  expect(sessions.map(({ current }) => current).sort()).toEqual([false, true]);
  const ids = [...sessions, ...(await list(other))].filter(({ current }) => !current).map(({ id }) => id);
  const foreign = (await list(other)).map(({ id }) => id);
  await here.post('account.endSessions', { sessions: ids, proof: { password: 'not this' } });
  expect(await alive(there)).toBe(true);
  await here.post('account.endSessions', { sessions: [...ids, ...foreign], proof });
  expect([await alive(here), await alive(there), await alive(other)]).toEqual([true, false, true]);
});

test('ASVS 8.2.1 admin functions are refused to other roles', async () => {
  const caller = await signInWith(app.url, (await person('helpdesk')).username);
  for (const procedure of ['settings.read', 'settings.pages']) {
    expect(await codeIn(await caller.get(procedure)), procedure).toBe('not-allowed');
  }
  const { id } = await person();
  expect(await codeIn(await caller.post('people.setRole', { id, role: 'admin', proof }))).toBe('not-allowed');
});

test('ASVS 8.2.2 a client cannot read, change or refer to another client’s documents (the original allowed a ticket on another’s order)', async () => {
  const lucia = await signIn(app.url, (await person()).username);
  const tom = await person();
  const order = await createOrder(database.server, tom.id, { since: '2026-01-01', amount: 500 });
  const pulled = await pullFrom(lucia.api, 'orders');
  expect(pulled.documents).toEqual([]);
  const ticket = {
    id: database.server.newId(),
    client: lucia.me.id,
    order: order.id,
    queue: 'technical',
    subject: 'x',
    status: 'open',
  };
  const { refusals } = await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket }]);
  expect(refusals[0]?.code).toBe('order-of-another-client');
  const guess = { base: { ...order }, next: { ...order, comments: 'mine now' } };
  expect((await pushTo(lucia.api, 'orders', [guess])).refusals[0]?.code).toBe('not-found');
});

test('ASVS 8.2.3 hidden fields of a visible document can be neither read nor changed', async () => {
  const lucia = await signIn(app.url, (await person()).username);
  const order = await createOrder(database.server, lucia.me.id, {
    since: '2026-01-01',
    amount: 500,
    notes: 'secret',
  });
  const [mine] = (await pullFrom(lucia.api, 'orders')).documents;
  expect(mine).not.toHaveProperty('notes');
  const { refusals } = await pushTo(lucia.api, 'orders', [
    { base: mine ?? null, next: { ...mine, id: order.id, notes: 'x' } },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'forbidden-field', field: 'notes', detail: null });
});

test('ASVS 8.3.1 a role that the device sends is refused, and rights come from the session', async () => {
  const lucia = await signIn(app.url, (await person()).username);
  const own = (await pullFrom(lucia.api, 'people')).documents[0];
  const { refusals } = await pushTo(lucia.api, 'people', [
    { base: own ?? null, next: { ...own, role: 'admin' } },
  ]);
  expect(refusals[0]?.code).toBe('forbidden-field');
  expect(await codeIn(await callerOf(app.url, lucia.cookieNow()).get('settings.read'))).toBe('not-allowed');
});

test('ASVS 15.3.3 extra fields in the registration form are refused (mass assignment)', async () => {
  const caller = callerOf(app.url);
  const form = { username: 'mass', email: 'mass@mail.example', language: 'en' };
  for (const more of [
    { password: 'a fine long phrase' },
    { role: 'admin' },
    { status: 'verified' },
    { id: database.server.newId() },
  ]) {
    expect((await caller.post('account.register', { ...form, ...more })).status).toBe(400);
  }
  expect(await database.server.models.people.count({ where: { username: 'mass' } })).toBe(0);
});

test('ASVS 15.3.1 the answer to signing in contains only the fields that the app needs', async () => {
  const { username } = await person();
  const answer = await callerOf(app.url).post('account.signIn', { login: username, password });
  const { result } = (await answer.json()) as { result: { data: object } };
  expect(Object.keys(result.data).sort()).toEqual(['about', 'epoch', 'id', 'name', 'role']);
});
