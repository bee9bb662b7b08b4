import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import type { Progress } from '#sync/client/pull.ts';
import { signInWith } from './account-caller.ts';
import { isFirstPull, isPush } from './failing-proxy.ts';
import { change, manyTickets, onServer, pagesRequested } from './many-tickets.ts';
import {
  expectEqual,
  documentsOf,
  documentOf,
  proxiedDevice,
  refusalsOf,
  seqOf,
  unsentIds,
  type ProxiedDevice,
  type Storage,
} from './proxied-device.ts';
import { answerTo, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  password,
  signIn,
  startApp,
  until,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/* A new device gets everything that its person may see, newest open tickets first, whatever happens meanwhile. */

let database: TestDatabase;
let app: TestApp;
let lucia: Documents['people'];
let ana: Documents['people'];
let other: SignedIn;
let tickets: Documents['tickets'][];
const open: ProxiedDevice[] = [];

/** The number of tickets. They arrive in pages of 60, 500 and the rest. */
const count = 700;

beforeEach(async () => {
  database = await openTestDatabase();
  await createPerson(database.server, 'arturo', 'admin');
  lucia = await createPerson(database.server, 'lucia', 'client');
  ana = await createPerson(database.server, 'ana', 'helpdesk');
  await createPerson(database.server, 'marc', 'helpdesk');
  tickets = await manyTickets(database.server, lucia.id, count);
  app = await startApp(database.server);
  other = await signIn(app.url, 'marc');
});
afterEach(async () => {
  for (const device of open.splice(0)) await device.end();
  await app.stop();
  await database.close();
});

/** Ana's new device. Its replica is not open yet. */
async function device(storage: Storage): Promise<ProxiedDevice> {
  const created = await proxiedDevice(app.url, 'ana', storage);
  open.push(created);
  return created;
}

/**
 * Holds back the answer to page n (from 1) of the tickets.
 *
 * @returns a function that releases it
 */
function hold(on: ProxiedDevice, page: number): () => void {
  let release: () => void = () => undefined;
  const heldBack = new Promise<void>((done) => (release = done));
  on.proxy.fault = (request) =>
    isFirstPull('tickets')(request) && pagesRequested(on).length === page ? { hold: heldBack } : null;
  return release;
}

const technical = () => tickets.filter(({ queue }) => queue === 'technical');
const newestFirst = () =>
  technical()
    .toSorted((a, b) => b.seq - a.seq)
    .toSorted((a, b) => Number(b.status === 'open') - Number(a.status === 'open'));
const idsOf = (rows: { id: string }[]) => rows.map(({ id }) => id).sort();
/** The id of a ticket by its position in the order of the first pull. */
const inOrder = (place: number): string => newestFirst()[place]?.id ?? '';

test.each(['memory', 'dexie'] as const)(
  'a new device first shows the newest open tickets, then gets all others, and pushes nothing (%s)',
  async (storage) => {
    const agent = await device(storage);
    const release = hold(agent, 2);
    const replica = await agent.open();
    const progresses: (Progress | null)[] = [];
    replica.connection.subscribe(({ progress }) => progresses.push(progress));
    await until(async () => (await documentsOf(agent, 'tickets')).length > 0);
    await until(() => pagesRequested(agent).length === 2);
    expect(idsOf(await documentsOf(agent, 'tickets'))).toEqual(idsOf(newestFirst().slice(0, 60)));
    release();
    await replica.replication.pulledOnce();
    expect(await documentsOf(agent, 'tickets')).toHaveLength(technical().length);
    await expectEqual(database.server, agent);

    const steps = progresses.flatMap((each) => (each ? [each] : []));
    expect(steps.every(({ done, total }) => done <= total)).toBe(true);
    expect(steps.some(({ done, total }) => done === 60 && total === technical().length)).toBe(true);
    expect(steps.at(-1)).toEqual({ done: technical().length, total: technical().length });
    await until(() => replica.connection.value.progress === null);
    await new Promise((soon) => setTimeout(soon, 300));
    expect(agent.proxy.log.filter(isPush)).toEqual([]);
    expect(await unsentIds(agent)).toEqual([]);
  },
);

/** Changes tickets while the device is closed: some that it has and some that it has not received yet. */
async function meanwhile(): Promise<void> {
  const [received, notReceived] = [5, 620];
  await change(other, inOrder(received), { priority: 'high', assignee: ana.id });
  await change(other, inOrder(received + 1), { status: 'closed', closingComment: 'solved' });
  await change(other, inOrder(received + 2), { queue: 'billing' });
  await change(other, inOrder(notReceived), { status: 'open' });
  await change(other, inOrder(notReceived + 1), { queue: 'billing' });
  const client = await signIn(app.url, 'lucia');
  const ticket = ticketBy(lucia, { subject: 'new meanwhile' });
  await client.api.sync.push.mutate({
    collection: 'tickets',
    epoch: 0,
    device: 'x',
    deviceNow: Date.now(),
    rows: [{ base: null, next: ticket }],
  });
}

test.each([
  ['some time', 400],
  ['at once', 0],
] as const)(
  'an interrupted first pull resumes when the app is opened again, with all changes made meanwhile (closed after %s)',
  async (_, pause) => {
    const agent = await device('dexie');
    agent.proxy.fault = (request) =>
      isFirstPull('tickets')(request) && pagesRequested(agent).length <= 2 ? null : { cut: 'before' };
    const replica = await agent.open();
    await until(async () => (await documentsOf(agent, 'tickets')).length === 560);
    agent.proxy.cutStreams();
    await new Promise((soon) => setTimeout(soon, pause));
    await replica.close();
    await meanwhile();

    const broken = pagesRequested(agent).at(-1)?.cursor;
    const before = agent.proxy.log.length;
    agent.proxy.fault = () => null;
    const again = await agent.open();
    const progresses: Progress[] = [];
    again.connection.subscribe(({ progress }) => progress && progresses.push(progress));
    if (pause > 0) expect(await documentsOf(agent, 'tickets')).toHaveLength(560);
    await again.replication.pulledOnce();
    if (pause > 0) {
      const asked = agent.proxy.log.slice(before).filter(isFirstPull('tickets'));
      expect(asked[0]?.cursor).toEqual(broken);
      expect(asked.filter(({ cursor }) => cursor === null)).toEqual([]);
      // The progress resumes as well.
      const ofTickets = progresses.filter(({ total }) => total >= 560);
      expect(ofTickets.length).toBeGreaterThan(0);
      expect(ofTickets.every(({ done, total }) => done >= 560 && total >= technical().length)).toBe(true);
    }
    await expectEqual(database.server, agent);
    expect(again.connection.value.progress).toBeNull();
    expect(agent.proxy.log.filter(isPush)).toEqual([]);
  },
);

test('writes made during a first pull are sent and not overwritten, and changes by others arrive', async () => {
  const agent = await device('dexie');
  const release = hold(agent, 2);
  const faultOfHold = agent.proxy.fault;
  // Pushes fail until all changes by others have arrived.
  agent.proxy.fault = (request) => (isPush(request) ? { status: 502, body: '{}' } : faultOfHold(request));
  const replica = await agent.open();
  await until(async () => (await documentsOf(agent, 'tickets')).length === 60);
  await until(() => agent.proxy.streams() === 1);
  const [mine, both, theirs] = [inOrder(3), inOrder(4), inOrder(5)];
  await replica.patch('tickets', mine, { priority: 'high', status: 'nofix', closingComment: 'no' });
  await replica.patch('tickets', both, { assignee: ana.id });
  const message = answerTo({ id: mine, client: lucia.id }, 'Written meanwhile');
  await replica.insert('messages', message);
  await change(other, both, { status: 'closed', closingComment: 'theirs' });
  await change(other, theirs, { status: 'closed', closingComment: 'theirs' });
  await change(other, inOrder(400), { status: 'open' }); // in the page that is held back
  release();
  await replica.replication.pulledOnce();
  await until(async () => (await documentOf(agent, 'tickets', theirs))?.['closingComment'] === 'theirs');
  expect((await unsentIds(agent)).sort()).toEqual([mine, both, message.id].sort());
  agent.proxy.fault = () => null;
  await until(async () => (await unsentIds(agent)).length === 0);
  expect(await refusalsOf(agent)).toEqual([]);
  expect(await onServer(database.server, mine)).toMatchObject({ status: 'nofix', closingComment: 'no' });
  expect(await onServer(database.server, both)).toMatchObject({ assignee: ana.id, closingComment: 'theirs' });
  expect(await seqOf(agent, 'messages', message.id)).toBeGreaterThan(0);
  await expectEqual(database.server, agent);
});

test('a ticket that is handed to the other queue while its page is in transit does not stay on the device', async () => {
  const agent = await device('memory');
  const release = hold(agent, 2);
  const replica = await agent.open();
  await until(async () => (await documentsOf(agent, 'tickets')).length === 60);
  await until(() => agent.proxy.streams() === 1 && pagesRequested(agent).length === 2);
  await new Promise((soon) => setTimeout(soon, 200)); // the app has answered
  const [shown, coming] = [inOrder(3), inOrder(400)];
  await change(other, shown, { queue: 'billing' });
  await change(other, coming, { queue: 'billing' });
  await new Promise((soon) => setTimeout(soon, 1_500)); // the device has been notified
  release();
  await replica.replication.pulledOnce();
  await replica.replication.inSync();
  expect(await documentOf(agent, 'tickets', shown)).toBeNull();
  expect(await documentOf(agent, 'tickets', coming)).toBeNull();
  await expectEqual(database.server, agent);
});

test.each([
  ['memory', 'at once'],
  ['dexie', 'after the app was closed and opened'],
] as const)(
  'an offline change of a ticket from the first pull is resolved field by field against later changes by others (%s, %s)',
  async (storage, when) => {
    const agent = await device(storage);
    let replica = await agent.open();
    await replica.replication.pulledOnce();
    await new Promise((soon) => setTimeout(soon, 400));
    agent.proxy.fault = () => ({ cut: 'before' });
    agent.proxy.cutStreams();
    const [same, different, untouched] = [inOrder(2), inOrder(300), inOrder(4)];
    await replica.patch('tickets', same, { status: 'nofix', closingComment: 'mine' });
    await replica.patch('tickets', different, { assignee: ana.id });
    await change(other, same, { status: 'closed', closingComment: 'theirs' });
    await change(other, different, { status: 'open' });
    await change(other, untouched, { priority: 'high', assignee: other.me.id });
    if (when !== 'at once') {
      await replica.close();
      replica = await agent.open();
      expect(await unsentIds(agent)).toEqual([same, different].sort());
    }
    agent.proxy.fault = () => null;
    replica.resync();
    await until(async () => (await unsentIds(agent)).length === 0);
    expect(await refusalsOf(agent)).toMatchObject([
      { document: same, code: 'changed-meanwhile', mine: { status: 'nofix', closingComment: 'mine' } },
    ]);
    expect(await documentOf(agent, 'tickets', same)).toMatchObject({
      status: 'closed',
      closingComment: 'theirs',
    });
    expect(await documentOf(agent, 'tickets', different)).toMatchObject({ status: 'open', assignee: ana.id });
    await until(async () => (await documentOf(agent, 'tickets', untouched))?.['assignee'] === other.me.id);
    await expectEqual(database.server, agent);
  },
);

test('a role change during a first pull tells the device to start over', async () => {
  const agent = await device('memory');
  const release = hold(agent, 2);
  const faultOfHold = agent.proxy.fault;
  // The device can learn of the change only from the pages of the tickets.
  const others = ['sync.pokes', 'sync.pull', 'sync.pull,sync.pull'];
  agent.proxy.fault = (request) =>
    others.includes(request.procedure) ? { cut: 'before' } : faultOfHold(request);
  const replica = await agent.open();
  await until(() => pagesRequested(agent).length === 2);
  await new Promise((soon) => setTimeout(soon, 200));
  const admin = await signInWith(app.url, 'arturo');
  await admin.post('people.setRole', { id: ana.id, role: 'accountant', proof: { password } });
  release();
  await until(() => replica.connection.value.access === 'changed');
  expect(pagesRequested(agent)).toHaveLength(3);
  await new Promise((soon) => setTimeout(soon, 1_000));
  expect(pagesRequested(agent)).toHaveLength(3); // no further request
});
