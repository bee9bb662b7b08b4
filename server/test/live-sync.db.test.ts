import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Replica } from '#sync/client/store.ts';
import { answerTo, find, openDevice, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  signIn,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';
import type { Documents } from '#shared/collections.ts';

let database: TestDatabase;
let app: TestApp;
const open: Replica<Documents>[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  await createPerson(database.server, 'ana', 'helpdesk');
  await createPerson(database.server, 'marc', 'helpdesk', { available: false });
  await createPerson(database.server, 'tom', 'client');
  app = await startApp(database.server);
});
afterEach(async () => {
  for (const replica of open.splice(0)) await replica.remove();
  await app.stop();
  await database.close();
});

async function device(login: string) {
  const opened = await openDevice(app.url, login);
  open.push(opened.replica);
  return opened;
}

test('after the server was stopped and started again, changes arrive by themselves', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  await until(() => agent.replica.connection.value.online);
  const port = Number(new URL(app.url).port);
  await app.stop();
  await until(() => !agent.replica.connection.value.online);
  app = await startApp(database.server, port);
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  expect(agent.replica.connection.value.online).toBe(true);
});

test('many tickets with messages, written offline: no message overtakes its ticket', async () => {
  const client = await device('lucia');
  client.net.online = false;
  const tickets = Array.from({ length: 12 }, (_, i) => ticketBy(client.me, { subject: `offline ${i}` }));
  const writeSome = async (from: number, to: number) => {
    for (const ticket of tickets.slice(from, to)) {
      await client.replica.insert('tickets', ticket);
      await client.replica.insert('messages', answerTo(ticket, `about ${ticket.subject}`));
    }
  };
  await writeSome(0, 6);
  client.net.online = true;
  client.replica.resync();
  await writeSome(6, 12);
  await until(
    async () => (await database.server.models.messages.count({ where: { kind: 'answer' } })) === 12,
  );
  expect((await client.replica.refusals.find().exec()).map((each) => each.toJSON())).toEqual([]);
});

test('a poke reaches only who may see what changed', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  const note = answerTo(ticket, 'Only for us', 'note');
  await agent.replica.insert('messages', note);
  await until(async () => ((await find(agent, 'messages', note.id))?.seq ?? 0) > 0);
  await client.replica.replication.inSync();
  expect(await find(client, 'messages', note.id)).toBeNull();
});

/** What a stream of pokes says, for somebody who stands at the head of everything. */
async function pokesOf(url: string, login: string): Promise<{ heard: string[][]; stop: () => void }> {
  const { api } = await signIn(url, login);
  const heard: string[][] = [];
  const started = Promise.withResolvers<void>();
  const stream = api.sync.pokes.subscribe(
    { since: {} },
    {
      onStarted: () => started.resolve(),
      onData: ({ collections }) => void heard.push([...collections].sort()),
    },
  );
  await started.promise;
  await new Promise((soon) => setTimeout(soon, 100)); // the subscription itself, behind the open stream
  return { heard, stop: () => stream.unsubscribe() };
}

test('an answer is one poke for each who may see it, whatever it touched, and none for others', async () => {
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => ((await find(client, 'tickets', ticket.id))?.seq ?? 0) > 0);
  const [marc, tom] = await Promise.all([pokesOf(app.url, 'marc'), pokesOf(app.url, 'tom')]);
  await client.replica.insert('messages', answerTo(ticket, 'Anybody there?'));
  await until(() => marc.heard.length > 0);
  await new Promise((soon) => setTimeout(soon, 1_500)); // more than one look of the watch
  expect(marc.heard).toEqual([['messages', 'tickets']]);
  expect(tom.heard).toEqual([]);
  marc.stop();
  tom.stop();
});

test('what another process writes (a worker, a second server) arrives by itself', async () => {
  const second = await startApp(database.server);
  try {
    const client = await device('lucia');
    const agent = await openDevice(second.url, 'ana');
    open.push(agent.replica);
    const ticket = ticketBy(client.me);
    await client.replica.insert('tickets', ticket);
    await until(async () => (await find(agent, 'tickets', ticket.id)) !== null, 5_000);
  } finally {
    await second.stop();
  }
});

test('who was away is told at the first contact in what they missed something, and pulls only that', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  const head = Number((await find(agent, 'tickets', ticket.id))?.seq);
  const { api } = await signIn(app.url, 'ana');
  const heard: string[][] = [];
  const stream = api.sync.pokes.subscribe(
    { since: { tickets: head, messages: head, people: 0 } },
    { onData: ({ collections }) => void heard.push([...collections]) },
  );
  await until(() => heard.length > 0);
  expect(heard).toEqual([['people']]);
  stream.unsubscribe();
});
