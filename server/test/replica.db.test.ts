import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import type { Replica } from '#sync/client/store.ts';
import { seeded } from './seeded.ts';
import { answerTo, find, openDevice, ticketBy, type Device } from './replica-device.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  pullFrom,
  signIn,
  startApp,
  until,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

let database: TestDatabase;
let app: TestApp;
let foreignOrder: Documents['orders'];
let marc: Documents['people'];
const open: Replica<Documents>[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'lucia', 'client');
  const tom = await createPerson(database.server, 'tom', 'client');
  await createPerson(database.server, 'ana', 'helpdesk');
  marc = await createPerson(database.server, 'marc', 'helpdesk', { available: false });
  foreignOrder = await createOrder(database.server, tom.id, { since: '2026-01-01', amount: 100 });
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
async function device(login: string, storage?: 'memory' | 'dexie'): Promise<Device> {
  const opened = await openDevice(app.url, login, storage);
  open.push(opened.replica);
  return opened;
}

test.each(['memory', 'dexie'] as const)(
  'a ticket and its first message, written offline, reach the agent, and the ticket is assigned (%s)',
  async (storage) => {
    const client = await device('lucia', storage);
    const agent = await device('ana');
    client.net.online = false;
    const ticket = ticketBy(client.me);
    await client.replica.insert('tickets', ticket);
    await client.replica.insert('messages', answerTo(ticket, 'Since this morning.'));
    expect(await find(client, 'tickets', ticket.id)).toMatchObject({ seq: 0, number: null });
    client.net.online = true;
    await until(async () => ((await find(client, 'tickets', ticket.id))?.seq ?? 0) > 0);
    await until(
      async () =>
        (
          await agent.replica
            .collection('messages')
            .find({ selector: { ticket: ticket.id } })
            .exec()
        ).length === 1,
    );
    expect(await find(agent, 'tickets', ticket.id)).toMatchObject({
      subject: ticket.subject,
      assignee: agent.me.id,
    });
    expect(await client.replica.refusals.find().exec()).toEqual([]);
  },
);

test('an answer and a close written offline both arrive: the ticket is closed and the answer is in its thread', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await client.replica.insert('messages', answerTo(ticket, 'Help'));
  await until(async () => (await find(agent, 'tickets', ticket.id)) !== null);
  agent.net.online = false;
  await agent.replica.insert('messages', answerTo(ticket, 'It is fixed.'));
  await agent.replica.patch('tickets', ticket.id, { status: 'closed', closingComment: 'Switch replaced' });
  agent.net.online = true;
  await until(async () => (await find(client, 'tickets', ticket.id))?.status === 'closed');
  await until(
    async () =>
      (
        await client.replica
          .collection('messages')
          .find({ selector: { ticket: ticket.id } })
          .exec()
      ).length === 3,
  );
  expect(await find(client, 'tickets', ticket.id)).toMatchObject({
    status: 'closed',
    closingComment: 'Switch replaced',
  });
});

test('a refused ticket is kept on the device with its reason and its message, and the next ticket is accepted', async () => {
  const client = await device('lucia');
  client.net.online = false;
  const wrong = ticketBy(client.me, { order: foreignOrder.id });
  await client.replica.insert('tickets', wrong);
  await client.replica.insert('messages', answerTo(wrong, 'A long text that took an hour'));
  const right = ticketBy(client.me);
  await client.replica.insert('tickets', right);
  client.net.online = true;
  await until(async () => (await client.replica.refusals.find().exec()).length === 2);
  const kept = (await client.replica.refusals.find().exec()).map((each) => each.toJSON());
  expect(kept.map(({ collectionName, code, group }) => ({ collectionName, code, group }))).toEqual(
    expect.arrayContaining([
      { collectionName: 'tickets', code: 'order-of-another-client', group: wrong.id },
      { collectionName: 'messages', code: 'parent-refused', group: wrong.id },
    ]),
  );
  expect(kept.find(({ collectionName }) => collectionName === 'messages')?.mine['body']).toBe(
    'A long text that took an hour',
  );
  await until(async () => ((await find(client, 'tickets', right.id))?.number ?? 0) > 0);
  expect(await find(client, 'tickets', wrong.id)).toBeNull();
});

test('a document that is too large for a request is refused and does not block later writes', async () => {
  const client = await device('lucia');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await client.replica.insert('messages', answerTo(ticket, 'x'.repeat(1_500_000)));
  const small = answerTo(ticket, 'short');
  await client.replica.insert('messages', small);
  await until(async () => ((await find(client, 'messages', small.id))?.seq ?? 0) > 0);
  // It is sent on its own, so its refusal may arrive shortly after later writes were accepted.
  await until(async () => (await client.replica.refusals.find().exec()).length > 0);
  const [kept] = await client.replica.refusals.find().exec();
  expect(kept?.code).toBe('too-large');
});

test('a second edit of a field during the push of the first is neither refused nor lost', async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(async () => (await find(agent, 'tickets', ticket.id))?.assignee === agent.me.id);
  let release = () => undefined as void;
  agent.net.hold = new Promise((go) => (release = go));
  await agent.replica.patch('tickets', ticket.id, { assignee: null });
  // The server has accepted the first edit, but its answer is in transit when the field is changed again.
  await until(async () => (await onServer(ticket.id))?.assignee === null);
  await agent.replica.patch('tickets', ticket.id, { assignee: marc.id });
  release();
  agent.net.hold = null;
  await until(async () => ((await find(agent, 'tickets', ticket.id))?.seq ?? 0) > 0);
  await agent.replica.replication.inSync();
  expect((await agent.replica.refusals.find().exec()).map((each) => each.toJSON())).toEqual([]);
  expect(await find(agent, 'tickets', ticket.id)).toMatchObject({ assignee: marc.id });
  expect(await onServer(ticket.id)).toMatchObject({ assignee: marc.id });
});

async function onServer(id: string): Promise<{ assignee: string | null } | null> {
  const row = await database.server.models.tickets.findOne({ where: { id }, raw: true });
  return row as unknown as { assignee: string | null } | null;
}

test('when two agents change one field offline, the first to sync wins, and the second keeps their change as refused', async () => {
  const client = await device('lucia');
  const first = await device('ana');
  const second = await device('ana');
  const ticket = ticketBy(client.me);
  await client.replica.insert('tickets', ticket);
  await until(
    async () =>
      (await find(first, 'tickets', ticket.id)) !== null &&
      (await find(second, 'tickets', ticket.id)) !== null,
  );
  second.net.online = false;
  await first.replica.patch('tickets', ticket.id, { status: 'closed', closingComment: 'first' });
  await until(async () => ((await find(first, 'tickets', ticket.id))?.seq ?? 0) > 0);
  await second.replica.patch('tickets', ticket.id, { status: 'nofix', closingComment: 'second' });
  second.net.online = true;
  await until(async () => (await second.replica.refusals.find().exec()).length === 1);
  expect(await find(second, 'tickets', ticket.id)).toMatchObject({
    status: 'closed',
    closingComment: 'first',
  });
  const [kept] = await second.replica.refusals.find().exec();
  expect(kept?.toJSON()).toMatchObject({ code: 'changed-meanwhile', mine: { closingComment: 'second' } });
});

test('after random work of three people with dropped connections, every replica equals the server', async () => {
  const people = [await device('lucia'), await device('ana'), await device('ana')];
  const random = seeded(7);
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const written: { on: Device; id: string }[] = [];
  for (let step = 0; step < 150; step += 1) {
    const on = pick(people);
    const client = people[0];
    if (!on || !client) break;
    const tickets = await on.replica.collection('tickets').find().exec();
    const ticket = pick(tickets)?.toJSON();
    const action = random();
    if (action < 0.15) {
      await client.replica.insert('tickets', ticketBy(client.me, { subject: `ticket ${step}` }));
    } else if (action < 0.45 && ticket) {
      const message = answerTo(ticket, `message ${step}`);
      await on.replica.insert('messages', message);
      written.push({ on, id: message.id });
    } else if (action < 0.65 && ticket && on !== client) {
      await on.replica.patch('tickets', ticket.id, {
        status: pick(['open', 'closed', 'nofix'] as const) ?? 'open',
      });
    } else if (action < 0.8 && ticket && on !== client) {
      await on.replica.patch('tickets', ticket.id, { assignee: pick([null, on.me.id]) ?? null });
    } else {
      on.net.online = !on.net.online;
      if (on.net.online) on.replica.resync();
    }
    await new Promise((soon) => setTimeout(soon, random() * 15));
  }
  for (const { net } of people) net.online = true;
  await until(async () => {
    for (const { replica } of people) {
      replica.resync();
      await replica.replication.inSync();
    }
    const unsent = people.map(({ replica }) =>
      replica
        .collection('tickets')
        .find({ selector: { seq: 0 } })
        .exec(),
    );
    return (await Promise.all(unsent)).flat().length === 0;
  });
  for (const { replica, me } of people) {
    for (const name of ['tickets', 'messages'] as const) {
      const { api } = await signIn(app.url, me.name);
      const serverState = await pullFrom(api, name, { limit: 2_000 });
      const local = (await replica.collection(name).find().exec()).map((each) => each.toJSON());
      const seqs = (documents: readonly object[]) =>
        Object.fromEntries(
          documents.map((each) => [(each as { id: string }).id, (each as { seq: number }).seq]),
        );
      expect(seqs(local), `${name} of ${me.name}`).toEqual(seqs(serverState.documents));
    }
  }
  // No text is lost: each message is on the server or kept as refused on its author's device.
  for (const { on, id } of written) {
    const row = await database.server.models.messages.findOne({ where: { id }, raw: true });
    const kept = await on.replica.refusals.find({ selector: { document: id } }).exec();
    expect(row !== null || kept.length > 0).toBe(true);
  }
});
