import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import type { Replica } from '#sync/client/store.ts';
import { threadOf } from '#shared/tickets/thread-of.ts';
import { gatherKept, restoreKept, saveDraft } from '#sync/client/reset.ts';
import { signInWith, type Caller } from './account-caller.ts';
import { answerTo, find, openDevice, ticketBy, type Device } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  password,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/* Losing access, as devices see it: changed rights, a disabled account, a ticket handed to the other queue. */

let database: TestDatabase;
let app: TestApp;
let admin: Caller;
let ana: Documents['people'];
const open: Replica<Documents>[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'arturo', 'admin');
  ana = await createPerson(database.server, 'ana', 'helpdesk');
  await createPerson(database.server, 'ines', 'accountant');
  await createPerson(database.server, 'lucia', 'client');
  app = await startApp(database.server);
  admin = await signInWith(app.url, 'arturo');
});
afterEach(async () => {
  for (const replica of open.splice(0)) await replica.remove();
  await app.stop();
  await database.close();
});

async function device(login: string): Promise<Device> {
  const opened = await openDevice(app.url, login);
  open.push(opened.replica);
  return opened;
}

const access = ({ replica }: Device) => replica.connection.value.access;

test('after a role change, unsent writes are kept as refused, drafts are kept, and the old documents are gone', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);

  agent.net.online = false;
  const answer = answerTo(ticket, 'Written in the data centre');
  await agent.replica.insert('messages', answer);
  await agent.replica.patch('tickets', ticket.id, { priority: 'high' });
  await saveDraft(agent.replica, `reply:${ticket.id}`, 'Half a sentence');
  await admin.post('people.setRole', { id: ana.id, role: 'accountant', proof: { password } });
  agent.net.online = true;
  agent.replica.resync();
  await until(() => access(agent) === 'changed');

  await agent.replica.replication.stop();
  const kept = await gatherKept(agent.replica, {
    now: Date.now(),
    groupOf: threadOf,
  });
  await agent.replica.remove();
  open.splice(open.indexOf(agent.replica), 1);

  const renewed = await device('ana');
  await restoreKept(renewed.replica, kept);
  await restoreKept(renewed.replica, kept); // restoring twice, as after a crash, changes nothing
  const refusals = (await renewed.replica.refusals.find().exec()).map((each) => each.toJSON());
  expect(refusals.map(({ collectionName, code }) => `${collectionName} ${code}`).sort()).toEqual([
    'messages access-changed',
    'tickets access-changed',
  ]);
  expect(new Set(refusals.map(({ group }) => group))).toEqual(new Set([ticket.id]));
  expect(refusals.find(({ document }) => document === answer.id)?.mine['body']).toBe(
    'Written in the data centre',
  );
  const draft = await renewed.replica.refusals.getLocal<{ text: string }>(`draft:reply:${ticket.id}`);
  expect(draft?.get('text')).toBe('Half a sentence');
  expect(await find(renewed, 'tickets', ticket.id)).toBeNull();
  expect(await database.server.models.messages.count({ where: { id: answer.id } })).toBe(0);
});

test('a push under old rights changes nothing, even if the new rights would allow it', async () => {
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  const { id } = client.me;
  await admin.post('people.setRole', { id, role: 'helpdesk', proof: { password } });
  await client.replica.insert('tickets', ticket);
  await until(() => access(client) === 'changed');
  expect(await database.server.models.tickets.count()).toBe(0);
});

test('a connected device of a disabled account is told at once to delete everything', async () => {
  const client = await device('lucia');
  await until(() => client.replica.connection.value.online);
  await admin.post('people.setStatus', { id: client.me.id, status: 'disabled', proof: { password } });
  await until(() => access(client) === 'disabled', 5_000);
});

test('an offline device of a disabled account is told to delete everything when it connects again', async () => {
  const client = await device('lucia');
  client.net.online = false;
  await admin.post('people.setStatus', { id: client.me.id, status: 'disabled', proof: { password } });
  await new Promise((soon) => setTimeout(soon, 300));
  expect(access(client)).toBe('same');
  client.net.online = true;
  client.replica.resync();
  await until(() => access(client) === 'disabled', 5_000);
});

test('a ticket handed to the billing queue disappears with its thread from technical devices and arrives on billing devices', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const accountant = await device('ines');
  const ticket = ticketBy(client.me);
  const question = answerTo(ticket, 'Why was I charged twice?');
  await client.replica.insert('tickets', ticket);
  await client.replica.insert('messages', question);
  await until(async () => (await find(agent, 'messages', question.id)) !== null);
  const note = answerTo(ticket, 'Not ours', 'note');
  await agent.replica.insert('messages', note);
  await until(async () => ((await find(agent, 'messages', note.id))?.seq ?? 0) > 0);

  await agent.replica.patch('tickets', ticket.id, { queue: 'billing' });
  await until(async () => (await find(agent, 'tickets', ticket.id)) === null);
  await until(async () => (await find(agent, 'messages', question.id)) === null);
  await until(async () => (await find(accountant, 'messages', note.id)) !== null);
  const written = await find(accountant, 'messages', question.id);
  expect(written?.writtenAt).toBeLessThanOrEqual(written?.createdAt ?? 0);
  expect(await find(accountant, 'tickets', ticket.id)).toMatchObject({
    queue: 'billing',
    subject: ticket.subject,
  });
  expect((await find(client, 'tickets', ticket.id))?.queue).toBe('billing');
  expect(await find(client, 'messages', note.id)).toBeNull();
  const emails = await database.server.models.outbox.count({ where: { kind: 'ticket-handed-over' } });
  expect(emails).toBeGreaterThan(0);
});

test('the text of a redacted message is gone from server and devices, but the empty message stays', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  const slip = answerTo(ticket, 'My password is hunter2');
  await client.replica.insert('tickets', ticket);
  await client.replica.insert('messages', slip);
  await until(async () => (await find(agent, 'messages', slip.id)) !== null);
  await until(async () => ((await find(client, 'messages', slip.id))?.seq ?? 0) > 0);
  await client.replica.patch('messages', slip.id, { redacted: true });
  await until(async () => (await find(agent, 'messages', slip.id))?.redacted === true);
  expect((await find(agent, 'messages', slip.id))?.body).toBe('');
  const rows = JSON.stringify([
    ...(await database.server.models.messages.findAll({ raw: true })),
    ...(await database.server.models.audit.findAll({ raw: true })),
  ]);
  expect(rows).not.toContain('hunter2');
});
