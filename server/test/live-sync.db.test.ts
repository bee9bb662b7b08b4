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
import { collections, type Documents } from '#shared/collections.ts';
import type { Poke } from '#sync/protocol.ts';

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

/** Listens to the live stream as a replica that has everything. `takes`: it knows the current schemas. */
async function listenAs(
  url: string,
  login: string,
  takes: 'documents' | 'names' = 'documents',
): Promise<{ pokes: Poke[]; stop: () => void }> {
  const { api, me, epoch } = await signIn(url, login);
  const pokes: Poke[] = [];
  const started = Promise.withResolvers<void>();
  const schemas = Object.fromEntries(Object.values(collections).map(({ name, version }) => [name, version]));
  const identity = takes === 'documents' ? { person: me.id, epoch, schemas } : {};
  const stream = api.sync.pokes.subscribe(
    { since: {}, ...identity },
    {
      onData(poke) {
        if (poke.from === null) started.resolve();
        else pokes.push(poke);
      },
    },
  );
  await started.promise;
  return { pokes, stop: () => stream.unsubscribe() };
}

test('an answer comes by one event to each person who may see it, with the documents as they may see them, and by none to others', async () => {
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => ((await find(client, 'tickets', ticket.id))?.seq ?? 0) > 0);
  const [marc, old, lucia, tom] = await Promise.all([
    listenAs(app.url, 'marc'),
    listenAs(app.url, 'marc', 'names'),
    listenAs(app.url, 'lucia'),
    listenAs(app.url, 'tom'),
  ]);
  await client.replica.insert('messages', answerTo(ticket, 'Anybody there?'));
  await until(() => marc.pokes.length > 0 && lucia.pokes.length > 0 && old.pokes.length > 0);
  await new Promise((soon) => setTimeout(soon, 1_500)); // longer than the server's polling interval
  for (const { pokes } of [marc, lucia]) {
    expect(pokes).toHaveLength(1);
    expect(pokes[0]?.collections.toSorted()).toEqual(['messages', 'tickets']);
    const { messages = [], tickets = [] } = pokes[0]?.changes ?? {};
    expect(messages).toMatchObject([{ ticket: ticket.id, body: 'Anybody there?', _deleted: false }]);
    expect(tickets).toMatchObject([{ id: ticket.id, waitingFor: 'us' }]);
    expect(pokes[0]?.to).toBeGreaterThanOrEqual(Number(messages[0]?.['seq']));
  }
  // What helpdesk sees of a ticket and a client does not, is not in the client's event.
  const fieldsOf = (pokes: readonly Poke[]) => Object.keys(pokes[0]?.changes['tickets']?.[0] ?? {});
  expect(fieldsOf(marc.pokes)).toContain('priority');
  expect(fieldsOf(lucia.pokes)).not.toContain('priority');
  // An app of an earlier version pulls.
  expect(old.pokes).toMatchObject([{ changes: {} }]);
  expect(tom.pokes).toEqual([]);
  for (const each of [marc, old, lucia, tom]) each.stop();
});

test('more changes than an event may carry are named, and the replicas pull them', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  const marc = await listenAs(app.url, 'marc');
  client.net.online = false;
  const answers = Array.from({ length: 5 }, (_, i) => answerTo(ticket, `${i} ${'€'.repeat(19_000)}`));
  for (const answer of answers) await client.replica.insert('messages', answer);
  client.net.online = true;
  for (const { id } of answers) await until(async () => (await find(agent, 'messages', id)) !== null);
  const carried = marc.pokes.flatMap(({ changes }) => changes['messages'] ?? []);
  expect(marc.pokes.some(({ collections: names }) => names.includes('messages'))).toBe(true);
  expect(carried.length).toBeLessThan(answers.length);
  marc.stop();
});

test('a replica takes changes from the stream without a request of its own', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  await new Promise((soon) => setTimeout(soon, 500)); // until its stream is open
  agent.net.requests = 0;
  for (let i = 0; i < 5; i += 1) {
    const answer = answerTo(ticket, `Answer ${i}`);
    await client.replica.insert('messages', answer);
    await until(async () => (await find(agent, 'messages', answer.id)) !== null);
  }
  expect(await find(agent, 'tickets', ticket.id)).toMatchObject({ waitingFor: 'us' });
  expect(agent.net.requests).toBe(0);
});

test('after a resync a replica opens its stream once, and asks for nothing while nothing happens', async () => {
  const agent = await device('ana');
  await new Promise((soon) => setTimeout(soon, 500)); // until its stream is open
  agent.replica.resync();
  await new Promise((soon) => setTimeout(soon, 500));
  agent.net.requests = 0;
  await new Promise((soon) => setTimeout(soon, 3_000));
  expect(agent.net.requests).toBe(0);
});

test('a device without a network shows so at once, and its stream is open again afterwards', async () => {
  const agent = await device('ana');
  const client = await device('lucia');
  await new Promise((soon) => setTimeout(soon, 500));
  agent.net.online = false;
  agent.replica.networkLost();
  await new Promise((soon) => setTimeout(soon, 100));
  expect(agent.replica.connection.value.online).toBe(false);
  agent.net.online = true;
  agent.replica.resync();
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  expect(agent.replica.connection.value.online).toBe(true);
});

test('a stream is refused to the replica of another person, whose checkpoints it would move', async () => {
  const { api } = await signIn(app.url, 'tom');
  const { me } = await signIn(app.url, 'lucia');
  const refused = new Promise((done) => {
    api.sync.pokes.subscribe({ since: {}, person: me.id }, { onError: done, onData: done });
  });
  expect(await refused).toMatchObject({ data: { httpStatus: 401 } });
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
    { onData: ({ collections: names }) => void pokes.push([...names]) },
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
