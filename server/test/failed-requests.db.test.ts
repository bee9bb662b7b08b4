import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { isPush, type Fault, type ProxiedRequest } from './failing-proxy.ts';
import { expectEqual, documentOf, proxiedDevice, refusalsOf, seqOf, unsentIds } from './proxied-device.ts';
import type { ProxiedDevice } from './proxied-device.ts';
import { seeded } from './seeded.ts';
import { answerTo, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  password,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  until,
} from './test-server.ts';
import type { SignedIn, TestApp, TestDatabase } from './test-server.ts';

/*
 * A proxy between a device and the app refuses requests or cuts the connection. No write is lost, sent twice,
 * or blocks others.
 */

let database: TestDatabase;
let app: TestApp;
let other: SignedIn;
const open: ProxiedDevice[] = [];

beforeAll(async () => {
  database = await openTestDatabase();
  for (const client of ['lucia', 'tom']) await createPerson(database.server, client, 'client');
  for (const agent of ['ana', 'marc']) await createPerson(database.server, agent, 'helpdesk');
  app = await startApp(database.server);
  other = await signIn(app.url, 'marc');
});
afterEach(async () => {
  for (const device of open.splice(0)) await device.end();
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

async function device(login: string): Promise<ProxiedDevice> {
  const opened = await proxiedDevice(app.url, login);
  open.push(opened);
  await (await opened.open()).replication.pulledOnce();
  return opened;
}

const offline = (): Fault => ({ cut: 'before' });
const forPushes = (fault: Fault) => (request: ProxiedRequest) => (isPush(request) ? fault : null);

/** Writes tickets with one message each, in this order. */
async function write(on: ProxiedDevice, count: number) {
  const written: { ticket: Documents['tickets']; message: ReturnType<typeof answerTo> }[] = [];
  for (let i = 0; i < count; i += 1) {
    const ticket = ticketBy(on.me, { subject: `ticket ${i}` });
    const message = answerTo(ticket, `about ticket ${i}`);
    await on.replica().insert('tickets', ticket);
    await on.replica().insert('messages', message);
    written.push({ ticket, message });
  }
  return written;
}

const allSent = (on: ProxiedDevice) => async () => (await unsentIds(on)).length === 0;

/** The numbers that the server gave to the tickets. */
async function numbersOf(ids: string[]): Promise<number[]> {
  const rows = (await database.server.models.tickets.findAll({ where: { id: ids }, raw: true })) as unknown;
  const numbers = new Map((rows as { id: string; number: string }[]).map((row) => [row.id, row.number]));
  return ids.map((id) => Number(numbers.get(id)));
}

const isAscending = (numbers: number[]) =>
  numbers.every((each, i) => i === 0 || each > (numbers[i - 1] ?? 0));

test.each([
  [413, 'too-large', '<html>Request Entity Too Large</html>'],
  [400, 'bad-request', ''],
  [403, 'bad-request', '<html>Forbidden</html>'],
  [403, 'bad-request', '{"blocked":true}'],
])(
  'when a firewall answers %i to one message, that message is kept as refused (%s) with its text, and all others are sent (%s)',
  async (status, code, body) => {
    const client = await device('lucia');
    client.proxy.fault = offline;
    const written = await write(client, 7);
    const refused = written[4]?.message;
    client.proxy.fault = (request) => (request.ids.includes(refused?.id ?? '') ? { status, body } : null);
    client.replica().resync();
    await until(allSent(client));
    const later = await write(client, 1);
    await until(allSent(client));
    expect(
      (await refusalsOf(client)).map(({ document, code, mine }) => [document, code, mine['body']]),
    ).toEqual([[refused?.id, code, 'about ticket 4']]);
    const ids = [...written, ...later].map(({ ticket }) => ticket.id);
    expect(isAscending(await numbersOf(ids))).toBe(true);
    const answers = { ticket: ids, kind: 'answer' };
    expect(await database.server.models.messages.count({ where: answers })).toBe(7);
    expect(await documentOf(client, 'messages', refused?.id ?? '')).toBeNull();
    await expectEqual(database.server, client);
  },
);

test('when a firewall refuses a ticket, its message is kept with it, and later writes are sent', async () => {
  const client = await device('lucia');
  client.proxy.fault = offline;
  const written = await write(client, 3);
  const [, refused] = written;
  client.proxy.fault = ({ ids }) =>
    ids.includes(refused?.ticket.id ?? '') ? { status: 403, body: '{}' } : null;
  client.replica().resync();
  await until(allSent(client));
  const kept = (await refusalsOf(client)).map(({ document, group, code }) => `${document} ${group} ${code}`);
  expect(kept.sort()).toEqual(
    [
      `${refused?.ticket.id} ${refused?.ticket.id} bad-request`,
      `${refused?.message.id} ${refused?.ticket.id} parent-refused`,
    ].sort(),
  );
  await expectEqual(database.server, client);
});

test("a change that is too large is kept as refused, and another agent's change is shown", async () => {
  const client = await device('lucia');
  const agent = await device('ana');
  const [first] = await write(client, 1);
  const id = first?.ticket.id ?? '';
  await until(async () => (await documentOf(agent, 'tickets', id)) !== null);
  agent.proxy.fault = forPushes({ status: 502 });
  await agent.replica().patch('tickets', id, { status: 'closed', closingComment: 'a long one' });
  const { documents } = await pullFrom(other.api, 'tickets');
  const seen = documents.find((each) => each.id === id);
  if (!seen) throw new Error('the other agent sees the ticket');
  const { _deleted: _, ...base } = seen;
  await pushTo(other.api, 'tickets', [{ base, next: { ...base, priority: 'high' } }]);
  // The later ticket has arrived, so the pull has skipped the ticket with unsent changes.
  const [second] = await write(client, 1);
  await until(async () => (await documentOf(agent, 'tickets', second?.ticket.id ?? '')) !== null);
  expect(await documentOf(agent, 'tickets', id)).toMatchObject({ status: 'closed', priority: 'normal' });

  agent.proxy.fault = forPushes({ status: 413, body: '{}' });
  await until(async () => (await refusalsOf(agent)).length === 1);
  await until(async () => (await documentOf(agent, 'tickets', id))?.['priority'] === 'high');
  expect((await refusalsOf(agent))[0]).toMatchObject({
    code: 'too-large',
    mine: { status: 'closed', closingComment: 'a long one' },
  });
  expect(await documentOf(agent, 'tickets', id)).toMatchObject({ status: 'open', closingComment: null });
  await expectEqual(database.server, agent);
});

test.each([429, 500, 502])(
  'after answers of %i for a while, nothing is refused and everything is sent in the order of writing',
  async (status) => {
    const client = await device('lucia');
    client.proxy.fault = forPushes({ status, body: '{}' });
    const before = client.proxy.log.length;
    const written = await write(client, 5);
    await until(() => client.proxy.log.slice(before).filter(isPush).length >= 3);
    expect(await unsentIds(client)).toHaveLength(10);
    client.proxy.fault = () => null;
    await until(allSent(client));
    expect(await refusalsOf(client)).toEqual([]);
    expect(isAscending(await numbersOf(written.map(({ ticket }) => ticket.id)))).toBe(true);
    await expectEqual(database.server, client);
  },
);

/** Waits until every kind of request that the device still makes has been answered with 401. */
async function signedOut(on: ProxiedDevice): Promise<void> {
  await until(() => on.replica().connection.value.signedOut);
  on.proxy.cutStreams();
  await new Promise((soon) => setTimeout(soon, 3_500)); // a stream that ended is retried within three seconds
}

async function requestsIn(on: ProxiedDevice, ms: number): Promise<string[]> {
  const before = on.proxy.log.length;
  await new Promise((soon) => setTimeout(soon, ms));
  return on.proxy.log.slice(before).map(({ procedure }) => procedure);
}

test.each(['{}', '<html>Unauthorized</html>'])(
  'after a 401 from a proxy (%s) the device sends no request until the person has signed in again, and then sends everything',
  async (body) => {
    const client = await device('lucia');
    await until(() => client.proxy.streams() === 1);
    client.proxy.fault = () => ({ status: 401, body });
    const written = await write(client, 2);
    await signedOut(client);
    written.push(...(await write(client, 1)));
    expect(await requestsIn(client, 4_000)).toEqual([]);
    expect(client.replica().connection.value).toMatchObject({ signedOut: true, access: 'same' });
    expect(await unsentIds(client)).toHaveLength(6);

    client.proxy.fault = () => null;
    client.replica().resync();
    await until(allSent(client));
    expect(await refusalsOf(client)).toEqual([]);
    expect(client.replica().connection.value.signedOut).toBe(false);
    expect(isAscending(await numbersOf(written.map(({ ticket }) => ticket.id)))).toBe(true);
    const second = await device('lucia');
    const [fresh] = await write(second, 1);
    await until(async () => (await seqOf(client, 'tickets', fresh?.ticket.id ?? '')) > 0); // the stream is open again
    await until(allSent(second));
    await expectEqual(database.server, client);
  },
);

test('after its session has ended, the device sends no request until the person has signed in again, and loses nothing', async () => {
  const client = await device('tom');
  await until(() => client.proxy.streams() === 1);
  await database.server.models.sessions.update(
    { ended: Date.now() },
    { where: { person: client.me.id, ended: null } },
  );
  const written = await write(client, 2);
  await signedOut(client);
  expect(await requestsIn(client, 4_000)).toEqual([]);
  expect(await unsentIds(client)).toHaveLength(4);
  await client.api.account.signIn.mutate({ login: 'tom', password });
  client.replica().resync();
  await until(allSent(client));
  expect(await refusalsOf(client)).toEqual([]);
  expect(isAscending(await numbersOf(written.map(({ ticket }) => ticket.id)))).toBe(true);
  await expectEqual(database.server, client);
});

test('under random network faults, no message is sent before the device knows that its ticket was accepted', async () => {
  const client = await device('lucia');
  const random = seeded(11);
  const faults: Fault[] = [
    ...[500, 502, 429].map((status) => ({ status, body: '{}' })),
    ...(['before', 'after'] as const).map((cut) => ({ cut })),
  ];
  const accepted = new Set<string>();
  const early: string[] = [];
  const parents = new Map<string, string>();
  let failed = 0;
  client.proxy.fault = (request) => {
    if (!isPush(request)) return null;
    for (const { collection, ids, answered } of client.proxy.log)
      if (collection === 'tickets' && answered) for (const id of ids) accepted.add(id);
    if (request.collection === 'messages')
      early.push(...request.ids.filter((id) => !accepted.has(parents.get(id) ?? '')));
    if (random() < 0.4) return null;
    failed += 1;
    return faults[Math.floor(random() * faults.length)] ?? null;
  };
  const tickets: string[] = [];
  for (let turn = 0; turn < 12; turn += 1) {
    const ticket = ticketBy(client.me, { subject: `ticket ${turn}` });
    const message = answerTo(ticket, `about ticket ${turn}`);
    parents.set(message.id, ticket.id);
    tickets.push(ticket.id);
    await client.replica().insert('tickets', ticket);
    await client.replica().insert('messages', message);
    await new Promise((soon) => setTimeout(soon, random() * 60));
    if (turn % 4 === 3) client.replica().resync();
  }
  await until(async () => {
    client.replica().resync();
    await new Promise((soon) => setTimeout(soon, 50));
    return allSent(client)();
  });
  expect(failed).toBeGreaterThan(5);
  expect(early).toEqual([]);
  expect(await refusalsOf(client)).toEqual([]);
  expect(await database.server.models.messages.count({ where: { ticket: tickets, kind: 'answer' } })).toBe(
    12,
  );
  await expectEqual(database.server, client);
});

test('a write whose answer was lost is sent again and stored once', async () => {
  const client = await device('lucia');
  const lost = new Set<string>();
  client.proxy.fault = (request) => {
    if (!isPush(request) || lost.has(request.collection ?? '')) return null;
    lost.add(request.collection ?? '');
    return { cut: 'after' };
  };
  const [written] = await write(client, 1);
  const id = written?.ticket.id ?? '';
  await until(allSent(client));
  lost.delete('tickets');
  await client.replica().patch('tickets', id, { status: 'closed' });
  await until(allSent(client));
  const { models } = database.server;
  expect(client.proxy.log.filter(({ ids }) => ids.includes(id))).toHaveLength(4);
  expect(await models.messages.count({ where: { ticket: id, kind: 'answer' } })).toBe(1);
  expect(await models.audit.count({ where: { document: id, action: 'create' } })).toBe(1);
  expect(await refusalsOf(client)).toEqual([]);
  expect(await documentOf(client, 'tickets', id)).toMatchObject({ status: 'closed' });
  await expectEqual(database.server, client);
});
