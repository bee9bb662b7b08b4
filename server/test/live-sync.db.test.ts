import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Replica } from '#sync/client/store.ts';
import { beginGeneration } from '#sync/server/generation.ts';
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

test('after a restart of the server, changes arrive without any action of the device', async () => {
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

test('of many tickets with messages written offline, no message is sent before its ticket', async () => {
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

test('a note reaches staff but not the client', async () => {
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

/** Subscribes to the pokes of a person who has already pulled everything. */
async function pokesOf(url: string, login: string): Promise<{ pokes: string[][]; stop: () => void }> {
  const { api } = await signIn(url, login);
  const pokes: string[][] = [];
  const started = Promise.withResolvers<void>();
  const stream = api.sync.pokes.subscribe(
    { since: {} },
    {
      onStarted: () => started.resolve(),
      onData: ({ collections }) => void pokes.push([...collections].sort()),
    },
  );
  await started.promise;
  await new Promise((soon) => setTimeout(soon, 100)); // the subscription is ready shortly after the stream is open
  return { pokes, stop: () => stream.unsubscribe() };
}

test('an answer causes one poke per person who may see it, naming all changed collections, and none for others', async () => {
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => ((await find(client, 'tickets', ticket.id))?.seq ?? 0) > 0);
  const [marc, tom] = await Promise.all([pokesOf(app.url, 'marc'), pokesOf(app.url, 'tom')]);
  await client.replica.insert('messages', answerTo(ticket, 'Anybody there?'));
  await until(() => marc.pokes.length > 0);
  await new Promise((soon) => setTimeout(soon, 1_500)); // longer than the server's polling interval
  expect(marc.pokes).toEqual([['messages', 'tickets']]);
  expect(tom.pokes).toEqual([]);
  marc.stop();
  tom.stop();
});

test('writes of another process (a worker, a second server) arrive without any action of the device', async () => {
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

test('a device that was away is told on connecting which collections have changed', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  const head = Number((await find(agent, 'tickets', ticket.id))?.seq);
  const { api } = await signIn(app.url, 'ana');
  const pokes: string[][] = [];
  const stream = api.sync.pokes.subscribe(
    { since: { tickets: head, messages: head, people: 0 } },
    { onData: ({ collections }) => void pokes.push([...collections]) },
  );
  await until(() => pokes.length > 0);
  expect(pokes).toEqual([['people']]);
  stream.unsubscribe();
});

test('a connected device notices a restore by itself, also if the counter has passed its checkpoint', async () => {
  const { server } = database;
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  // As a backup of before the ticket would be, with later changes by somebody else.
  await server.models.messages.destroy({ where: { ticket: ticket.id } });
  await server.models.tickets.destroy({ where: { id: ticket.id } });
  await server.models.counters.increment('value', { by: 100, where: { name: 'sync' } });
  await beginGeneration(server);
  await until(async () => (await find(agent, 'tickets', ticket.id)) === null, 20_000);
  await until(async () => (await find(client, 'tickets', ticket.id)) === null, 20_000);
});

test('after a restore, a handover that was lost is offered to the agent who can see the ticket again', async () => {
  const { server } = database;
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  const { id } = ticket;
  const before = await server.models.tickets.findOne({ where: { id }, raw: true });
  const counter = await server.models.counters.findOne({ where: { name: 'sync' }, raw: true });
  await agent.replica.patch('tickets', id, { priority: 'high', queue: 'billing' });
  await until(async () => (await find(agent, 'tickets', id)) === null);
  await app.stop();

  await server.models.messages.destroy({ where: { ticket: id } });
  await server.models.removals.destroy({ where: { document: id } });
  await server.models.tickets.update({ ...before }, { where: { id } });
  await server.models.counters.update({ ...counter }, { where: { name: 'sync' } });
  await beginGeneration(server);
  app = await startApp(server, Number(new URL(app.url).port));
  await until(async () => (await find(agent, 'tickets', id)) !== null, 20_000);
  const refusals = () => agent.replica.refusals.find().exec();
  await until(async () => (await refusals()).length > 0);
  expect((await refusals()).map(({ code, mine }) => [code, mine['priority'], mine['queue']])).toEqual([
    ['restored', 'high', 'billing'],
  ]);
});
