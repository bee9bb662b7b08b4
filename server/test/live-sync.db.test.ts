import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Replica } from '#sync/replica/open-replica.ts';
import { answerTo, find, openDevice, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

let database: TestDatabase;
let app: TestApp;
const open: Replica[] = [];

beforeEach(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  await createPerson(database.server, 'ana', 'helpdesk');
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
