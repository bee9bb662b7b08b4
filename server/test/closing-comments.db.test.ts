import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import type { Replica } from '#sync/client/store.ts';
import { find, openDevice, ticketBy, type Device } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/* What an agent writes when closing a ticket stays in its thread, whatever happened before the device was online again. */

let database: TestDatabase;
let app: TestApp;
const open: Replica<Documents>[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  await createPerson(database.server, 'ana', 'helpdesk');
  app = await startApp(database.server);
});
afterEach(async () => {
  for (const replica of open.splice(0)) await replica.remove();
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

/** Opens a device for a person. It is removed after the test. */
async function device(login: string): Promise<Device> {
  const opened = await openDevice(app.url, login);
  open.push(opened.replica);
  return opened;
}

async function statusOnServer(id: string): Promise<string | undefined> {
  const row = await database.server.models.tickets.findOne({ where: { id }, raw: true });
  return (row as unknown as { status: string } | null)?.status;
}

test('comments of closings stay in the thread if the ticket was reopened before the device was online again', async () => {
  const agent = await device('ana');
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  const comments = async () =>
    (
      await client.replica
        .collection('messages')
        .find({ selector: { ticket: ticket.id } })
        .exec()
    )
      .map(({ event, body }) => (event ? [event.from, event.to, body] : []))
      .sort();
  const close = (closingComment: string) =>
    agent.replica.patch('tickets', ticket.id, { status: 'closed', closingComment });
  const reopen = () => agent.replica.patch('tickets', ticket.id, { status: 'open' });

  agent.net.online = false;
  await close('Cable replaced');
  await reopen();
  agent.net.online = true;
  const first = [
    ['closed', 'open', ''],
    ['open', 'closed', 'Cable replaced'],
  ];
  await until(async () => (await comments()).length === 2);
  expect(await comments()).toEqual(first);
  await until(async () => (await find(agent, 'tickets', ticket.id))?.closingComment === null);
  expect(await find(agent, 'tickets', ticket.id)).toMatchObject({ status: 'open' });

  await close('Cable replaced'); // the same words again
  await until(async () => (await comments()).length === 3);
  agent.net.online = false;
  await reopen();
  await close('Switch replaced too');
  agent.net.online = true;
  await until(async () => (await comments()).length === 5);
  expect(await comments()).toEqual(
    [...first, ...first.slice(1), ['closed', 'open', ''], ['open', 'closed', 'Switch replaced too']].sort(),
  );
});

test('a comment for a ticket that its client has closed meanwhile is one more closing, and no reopening', async () => {
  const agent = await device('ana');
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  agent.net.online = false;
  await agent.replica.patch('tickets', ticket.id, { status: 'closed', closingComment: 'Cable replaced' });
  await client.replica.patch('tickets', ticket.id, { status: 'closed' });
  await until(async () => (await statusOnServer(ticket.id)) === 'closed');
  agent.net.online = true;
  const events = async () =>
    (
      await client.replica
        .collection('messages')
        .find({ selector: { ticket: ticket.id } })
        .exec()
    ).map(({ event, body }) => [event?.from, event?.to, body]);
  await until(async () => (await events()).length === 2);
  expect(await events()).toEqual([
    ['open', 'closed', ''],
    ['open', 'closed', 'Cable replaced'],
  ]);
});
