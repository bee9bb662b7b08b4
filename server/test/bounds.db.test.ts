import { afterEach, beforeEach, expect, test } from 'vitest';
import { messages } from '#shared/tickets/message-schema.ts';
import { toRow } from '#sync/server/row.ts';
import { findRows } from '../models/rows.ts';
import { answerTo, ticketBy } from './replica-device.ts';
import {
  createPerson,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  until,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/* What one caller may have in flight is bounded, and nothing that an honest caller sends is lost by that. */

let database: TestDatabase;
let app: TestApp;
let clock = 0;

beforeEach(async () => {
  database = await openTestDatabase();
  clock = 0;
  database.server.now = () => Date.now() + clock;
  await createPerson(database.server, 'ana', 'helpdesk');
  await createPerson(database.server, 'arturo', 'admin');
  await createPerson(database.server, 'lucia', 'client');
  app = await startApp(database.server);
});
afterEach(async () => {
  await app.stop();
  await database.close();
});

const get = (path: string, { cookieNow }: SignedIn, headers: Record<string, string> = {}) =>
  fetch(`${app.url}${path}`, { headers: { cookie: cookieNow(), ...headers } });

/** A thread whose messages have the longest text that is allowed: three bytes a character. */
async function longThread(client: SignedIn, count: number): Promise<string> {
  const ticket = ticketBy(client.me);
  await pushTo(client.api, 'tickets', [{ base: null, next: ticket }]);
  const { server } = database;
  const [counter] = await findRows(server.models.counters, { where: { name: 'sync' } });
  const head = counter?.value ?? 0;
  const rows = Array.from({ length: count }, (_, i) => {
    const message = answerTo(ticket, '€'.repeat(20_000));
    return toRow(messages, { ...message, createdAt: i, updatedAt: i, writtenAt: i, seq: head + 1 + i });
  });
  for (let i = 0; i < count; i += 50) await server.models.messages.bulkCreate(rows.slice(i, i + 50));
  await server.models.counters.update({ value: head + count }, { where: { name: 'sync' } });
  return ticket.id;
}

test('ASVS 15.2.2 a pull of long texts is cut by its bytes, and the rest comes by the next ones', async () => {
  const lucia = await signIn(app.url, 'lucia');
  await longThread(lucia, 300);
  const ids = new Set<string>();
  let pulls = 0;
  for (let since = 0, more = true; more; pulls += 1) {
    const answer = await pullFrom(lucia.api, 'messages', { since, limit: 2_000 });
    expect(Buffer.byteLength(JSON.stringify(answer.documents))).toBeLessThan(4_000_000);
    for (const { id } of answer.documents) ids.add(id);
    since = answer.checkpoint.seq;
    more = answer.more;
  }
  expect(ids.size).toBe(300);
  expect(pulls).toBeGreaterThan(1);
});

test('ASVS 15.2.2 all pulls of one request share its bytes, so a batch is no larger than one pull', async () => {
  const lucia = await signIn(app.url, 'lucia');
  await longThread(lucia, 300);
  const input = { collection: 'messages', epoch: 0, since: 0, limit: 2_000 };
  const path = Array<string>(20).fill('sync.pull').join();
  const inputs = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [i, input]));
  const response = await get(
    `/api/trpc/${path}?batch=1&input=${encodeURIComponent(JSON.stringify(inputs))}`,
    lucia,
  );
  expect(response.status).toBe(200);
  expect(Buffer.byteLength(await response.text())).toBeLessThan(5_000_000);
});

test('ASVS 15.2.2 a batch of more calls than the app makes is refused', async () => {
  const path = Array<string>(900).fill('public.landing').join();
  const response = await fetch(`${app.url}/api/trpc/${path}?batch=1&input=%7B%7D`);
  expect(response.status).toBe(400);
});

test.each([
  ['a million levels', '['.repeat(900_000)],
  ['90,000 keys', JSON.stringify(Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`k${i}`, 1])))],
])('ASVS 15.2.2 a body with %s is refused, not answered by an error of the server', async (_, body) => {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${app.url}/api/trpc/account.signIn`, { method: 'POST', headers, body });
  expect(response.status).toBe(400);
});

test('ASVS 15.2.2 a person has a dozen live streams at most', async () => {
  const ana = await signIn(app.url, 'ana');
  const gone = new AbortController();
  const open = () =>
    fetch(`${app.url}/api/trpc/sync.pokes`, {
      headers: { cookie: ana.cookieNow(), accept: 'text/event-stream' },
      signal: gone.signal,
    });
  const streams = await Promise.all(Array.from({ length: 14 }, open));
  expect(streams.map(({ status }) => status).toSorted()).toEqual([...Array<number>(12).fill(200), 429, 429]);
  gone.abort();
  const again = new AbortController();
  await until(async () => {
    const response = await fetch(`${app.url}/api/trpc/sync.pokes`, {
      headers: { cookie: ana.cookieNow(), accept: 'text/event-stream' },
      signal: again.signal,
    });
    return response.status === 200;
  });
  again.abort();
});

test('ASVS 15.2.2 a client who pushes without end is told to wait, and goes on afterwards', async () => {
  const lucia = await signIn(app.url, 'lucia');
  const push = () =>
    pushTo(
      lucia.api,
      'tickets',
      Array.from({ length: 100 }, () => ({ base: null, next: ticketBy(lucia.me) })),
    );
  for (let i = 0; i < 4; i += 1) expect((await push()).refusals).toEqual([]);
  await expect(push()).rejects.toMatchObject({ data: { httpStatus: 429, errorCode: 'too-many-tries' } });
  clock = 16 * 60_000;
  expect((await push()).refusals).toEqual([]);
});

test('ASVS 15.2.2 e-mails that one client causes are spread over time, and none is lost', async () => {
  const { server } = database;
  const lucia = await signIn(app.url, 'lucia');
  for (let i = 0; i < 2; i += 1) {
    const rows = Array.from({ length: 50 }, () => ({ base: null, next: ticketBy(lucia.me) }));
    await pushTo(lucia.api, 'tickets', rows);
  }
  const emails = await findRows(server.models.outbox, { order: ['earliest'] });
  expect(emails.length).toBeGreaterThan(60);
  const paced = emails.filter(({ earliest }) => earliest > 0);
  expect(emails.length - paced.length).toBe(60);
  paced.forEach(({ earliest, notBefore }, i) => {
    expect(notBefore).toBeGreaterThanOrEqual(earliest);
    if (i > 0) expect(earliest - (paced[i - 1]?.earliest ?? 0)).toBe(60_000);
  });
});

test('a clock that was set back locks nobody out', async () => {
  clock = 40 * 86_400_000;
  for (let i = 0; i < 12; i += 1) await signIn(app.url, 'ana', {}, 'wrong password').catch(() => undefined);
  clock = 0;
  expect((await signIn(app.url, 'ana')).me.name).toBe('ana');
});
