import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { callerOf, codeIn, delivered, emailTo, signInWith, type Caller } from '../test/account-caller.ts';
import {
  createPerson,
  openTestDatabase,
  password,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { tidy } from './tidy.ts';

/* Ways into another person's account or documents that a review found. Each is closed. */

let database: TestDatabase;
let app: TestApp;
let anybody: Caller;
let admin: Caller;
beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'arturo', 'admin');
  app = await startApp(database.server);
  anybody = callerOf(app.url);
  admin = await signInWith(app.url, 'arturo');
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await app.stop();
  await database.close();
});

const proof = { password };
const strong = 'a fine long phrase';
const form = (username: string, email: string) => ({ username, email, language: 'en' });

test('registering with an invited address only sends the invitation again, and the invited person sets the password', async () => {
  const card = { username: 'bob', displayName: 'Bob', email: 'bob@mail.example', language: 'en' };
  await admin.post('people.add', { ...card, role: 'admin', proof });
  expect((await anybody.post('account.register', form('stranger', 'bob@mail.example'))).status).toBe(200);
  const texts = (await delivered(database.server)).filter(({ to }) => to === 'bob@mail.example');
  expect(texts.filter(({ text }) => text.includes('/verify#'))).toEqual([]);
  expect(texts.filter(({ text }) => text.includes('/set-password#')).length).toBeGreaterThan(0);
  expect(await database.server.models.registrations.count()).toBe(0);
});

test.each(['account.resend', 'account.requestReset'])(
  'ASVS 6.4.1 registering an address first gives no password of its later owner, who uses %s',
  async (procedure) => {
    const { server } = database;
    await server.models.people.destroy({ where: { username: 'early' } });
    const guess = 'a phrase of the attacker';
    const early = form('early', 'owner@mail.example');
    expect((await anybody.post('account.register', { ...early, password: guess })).status).toBe(400);
    await anybody.post('account.register', early);
    await anybody.post(procedure, { email: early.email });
    const token = await emailTo(server, early.email, '/verify#');
    await anybody.post('account.verify', { token, password: strong });
    const signsIn = async (typed: string) =>
      (await anybody.post('account.signIn', { login: early.email, password: typed })).status;
    expect(await signsIn(guess)).toBe(400);
    expect(await signsIn(strong)).toBe(200);
  },
);

test('a queued reset e-mail is not sent once the address or the password has changed', async () => {
  const { server } = database;
  await createPerson(server, 'moved', 'client');
  await anybody.post('account.requestReset', { email: 'moved@test.example' });
  await server.models.people.update({ email: 'new@test.example' }, { where: { username: 'moved' } });
  expect((await delivered(server)).filter(({ to }) => to === 'moved@test.example')).toEqual([]);

  await createPerson(server, 'changed', 'client');
  const changed = await signInWith(app.url, 'changed');
  await anybody.post('account.requestReset', { email: 'changed@test.example' });
  await changed.post('account.changePassword', { proof, password: strong });
  const links = (await delivered(server)).filter(({ text }) => text.includes('/set-password#'));
  expect(links).toEqual([]);
  const row = await server.models.outbox.findOne({ where: { kind: 'password-reset' }, raw: true });
  expect(row).toMatchObject({ state: 'cancelled' });
});

test('after an admin corrects a mistyped address, the invitation is sent to the right one only', async () => {
  const card = { username: 'typo', displayName: 'T', email: 'wrong@mail.example', language: 'en' };
  const added = await admin.post('people.add', { ...card, role: 'helpdesk', proof });
  const { result } = (await added.json()) as { result: { data: { id: string } } };
  await admin.post('people.edit', { id: result.data.id, email: 'right@mail.example', proof });
  const sent = await delivered(database.server);
  expect(sent.filter(({ to }) => to === 'wrong@mail.example')).toEqual([]);
  expect(
    sent.filter(({ to, text }) => to === 'right@mail.example' && text.includes('/set-password#')),
  ).toHaveLength(1);
});

test('another spelling of a name cannot sign in', async () => {
  await createPerson(database.server, 'anna', 'client');
  expect((await anybody.post('account.signIn', { login: 'ánna@test.example', password })).status).toBe(400);
});

test('a lock does not tell which names exist, nor that a username and an e-mail are of one person', async () => {
  await createPerson(database.server, 'berta', 'client');
  await database.server.models.throttles.destroy({ where: {} });
  const answersFor = async (login: string) => {
    const codes: (string | null)[] = [];
    for (let i = 0; i < 12; i += 1) {
      codes.push(await codeIn(await anybody.post('account.signIn', { login, password: 'wrong' })));
    }
    return codes;
  };
  const known = await answersFor('berta');
  expect(known.slice(-2)).toEqual(['too-many-tries', 'too-many-tries']);
  expect(await answersFor('nobody')).toEqual(known);
  expect(await answersFor('berta@test.example')).toEqual(known);
});

test('nobody can lock a person out of a device that they have used before', async () => {
  await createPerson(database.server, 'clara', 'client');
  await database.server.models.throttles.destroy({ where: {} });
  const from = (device: string, typed = password) =>
    anybody.post('account.signIn', { login: 'clara', password: typed, device });
  expect((await from('own')).status).toBe(200);
  for (let i = 0; i < 12; i += 1) await from('strange', 'wrong');
  expect(await codeIn(await from('strange'))).toBe('too-many-tries');
  expect((await from('own')).status).toBe(200);
});

test('the replica of one person can neither pull nor push in the session of another', async () => {
  const { server } = database;
  await createPerson(server, 'one', 'client');
  await createPerson(server, 'two', 'client');
  const one = await signIn(app.url, 'one');
  const two = await signIn(app.url, 'two');
  const pull = { collection: 'people', person: one.me.id, epoch: 0, since: 0, limit: 10 } as const;
  await expect(two.api.sync.pull.query(pull)).rejects.toThrow('signed-out');
  const rows = [{ base: null, next: { id: server.newId() } }];
  const push = {
    collection: 'tickets',
    person: one.me.id,
    epoch: 0,
    device: 'x',
    deviceNow: 0,
    rows,
  } as const;
  await expect(two.api.sync.push.mutate({ ...push, rows })).rejects.toThrow('signed-out');
});

test('a ticket for a person who does not exist or is not a client is refused without an error of the push', async () => {
  await createPerson(database.server, 'ana', 'helpdesk');
  const ana = await signIn(app.url, 'ana');
  const ticket = (client: string) => ({
    id: database.server.newId(),
    client,
    order: null,
    queue: 'technical',
    subject: 'x',
    status: 'open',
  });
  for (const client of [database.server.newId(), ana.me.id]) {
    const { refusals } = await pushTo(ana.api, 'tickets', [{ base: null, next: ticket(client) }]);
    expect(refusals[0]).toMatchObject({ code: 'not-found', field: 'client' });
  }
});

test('open tickets of a disabled agent are reassigned, and the agent gets no e-mail about new answers', async () => {
  const { server } = database;
  const client = await createPerson(server, 'asker', 'client');
  const agent = await createPerson(server, 'agent', 'helpdesk');
  const asker = await signIn(app.url, 'asker');
  await server.models.people.update({ available: false }, { where: { username: 'ana' } });
  const next = {
    id: server.newId(),
    client: client.id,
    order: null,
    queue: 'technical',
    subject: 'x',
    status: 'open',
  };
  await pushTo(asker.api, 'tickets', [{ base: null, next }]);
  const assignee = async () => {
    const row = await server.models.tickets.findOne({ where: { id: next.id }, raw: true });
    return (row as unknown as { assignee: string | null }).assignee;
  };
  expect(await assignee()).toBe(agent.id);
  await admin.post('people.setStatus', { id: agent.id, status: 'disabled', proof });
  expect(await assignee()).not.toBe(agent.id);
  const answer = { id: server.newId(), ticket: next.id, kind: 'answer', body: 'Hello?' };
  await pushTo(asker.api, 'messages', [{ base: null, next: answer }]);
  const notified = await server.models.outbox.count({
    where: { recipient: agent.email, kind: 'ticket-answered' },
  });
  expect(notified).toBe(0);
});

test('a device whose session ended or expired long ago still learns that its account is disabled', async () => {
  const { server } = database;
  const { id } = await createPerson(server, 'leaver', 'client');
  const ended = await signInWith(app.url, 'leaver');
  const idle = await signInWith(app.url, 'leaver');
  await admin.post('people.endSessions', { id });
  expect(await codeIn(await ended.get('account.sessions'))).toBe('signed-out');
  await admin.post('people.setStatus', { id, status: 'disabled', proof });
  await server.models.sessions.update({ seenAt: Date.now() - 30 * 86_400_000 }, { where: { person: id } });
  expect(await codeIn(await ended.get('account.sessions'))).toBe('account-disabled');
  expect(await codeIn(await idle.get('account.sessions'))).toBe('account-disabled');
});

test('the cleanup keeps an account whose link is still valid', async () => {
  const { server } = database;
  await anybody.post('account.register', form('slow', 'slow@mail.example'));
  await server.models.people.update(
    { createdAt: Date.now() - 8 * 86_400_000 },
    { where: { username: 'slow' } },
  );
  const token = await emailTo(server, 'slow@mail.example', '/verify#');
  await tidy(server);
  expect((await anybody.post('account.verify', { token, password: strong })).status).toBe(200);
});

test('a ticket that moves to another queue and back is one document on every device', async () => {
  const { server } = database;
  const chief = await signIn(app.url, 'arturo');
  const ana = await signIn(app.url, 'ana');
  const client = await createPerson(server, 'wanderer', 'client');
  const next = {
    id: server.newId(),
    client: client.id,
    order: null,
    queue: 'technical',
    subject: 'x',
    status: 'open',
  };
  let [ticket] = (await pushTo(chief.api, 'tickets', [{ base: null, next }])).documents;
  const { checkpoint } = await pullFrom(ana.api, 'tickets');
  for (const queue of ['billing', 'technical']) {
    const moved = await pushTo(chief.api, 'tickets', [{ base: ticket ?? null, next: { ...ticket, queue } }]);
    [ticket] = moved.documents;
  }
  const { documents } = await pullFrom(ana.api, 'tickets', { since: checkpoint.seq });
  expect(documents.filter((each) => each.id === next.id)).toMatchObject([
    { queue: 'technical', _deleted: false },
  ]);
});
