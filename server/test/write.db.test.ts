import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
} from './test-server.ts';
import type { SignedIn, TestApp, TestDatabase } from './test-server.ts';

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let ana: SignedIn;
let order: Documents['orders'];
let foreignOrder: Documents['orders'];

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  const client = await createPerson(server, 'lucia', 'client');
  const other = await createPerson(server, 'tom', 'client');
  await createPerson(server, 'ana', 'helpdesk');
  order = await createOrder(server, client.id, { since: '2026-01-01', amount: 500 });
  foreignOrder = await createOrder(server, other.id, { since: '2026-01-01', amount: 500 });
  app = await startApp(server);
  lucia = await signIn(app.url, 'lucia');
  ana = await signIn(app.url, 'ana');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

let ticket: Record<string, unknown> & { id: string };
beforeEach(() => {
  ticket = newTicket();
});

function newTicket(over: Record<string, unknown> = {}) {
  return {
    id: database.server.newId(),
    client: lucia.me.id,
    order: null,
    queue: 'technical',
    subject: 'The mail server says no',
    status: 'open',
    writtenAt: Date.now(),
    seq: 0,
    ...over,
  };
}

async function stored(id: string) {
  return database.server.models.tickets.findOne({ where: { id }, raw: true });
}

async function openTicket() {
  const { documents } = await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket }]);
  const [accepted] = documents;
  if (!accepted) throw new Error('not accepted');
  return accepted;
}

test('an accepted ticket comes back with the number and seq of the server, which also assigns it', async () => {
  const accepted = await openTicket();
  expect(accepted).toMatchObject({ subject: ticket['subject'], waitingFor: 'us', _deleted: false });
  expect(accepted['number']).toBeGreaterThan(1000);
  expect(accepted['seq']).toBeGreaterThan(0);
  expect(accepted).not.toHaveProperty('assignee'); // clients do not see the assignee
  expect(await stored(ticket.id)).toMatchObject({ assignee: ana.me.id });
});

test.each([
  ['an unknown field', { colour: 'red' }, 'unknown-field', 'colour'],
  ['a wrong type', { subject: 7 }, 'invalid', 'subject'],
  ['a subject of blanks', { subject: '   ' }, 'invalid', 'subject'],
  ['a subject too long', { subject: 'x'.repeat(151) }, 'invalid', 'subject'],
  ['an invalid id', { id: 'one' }, 'invalid', 'id'],
  ['an initial status other than open', { status: 'closed' }, 'illegal-move', 'status'],
  ['a field that only staff may set', { priority: 'high' }, 'forbidden-field', 'priority'],
  ['a missing order', { order: '01890000-0000-7000-8000-000000000000' }, 'order-of-another-client', 'order'],
])(
  'a new ticket with %s is refused with the name of the field, and the next write is accepted',
  async (_, over, code, field) => {
    const wrong = newTicket(over);
    const right = newTicket();
    const { documents, refusals } = await pushTo(lucia.api, 'tickets', [
      { base: null, next: wrong },
      { base: null, next: right },
    ]);
    expect(refusals).toEqual([expect.objectContaining({ id: wrong.id, code, field })]);
    expect(documents).toEqual([
      expect.objectContaining({ id: wrong.id, _deleted: true, subject: wrong.subject }),
      expect.objectContaining({ id: right.id, _deleted: false }),
    ]);
    expect(await stored(right.id)).not.toBeNull();
  },
);

test("a ticket on somebody else's order is refused", async () => {
  const { refusals } = await pushTo(lucia.api, 'tickets', [
    { base: null, next: newTicket({ order: foreignOrder.id }) },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'order-of-another-client', field: 'order' });
});

test('a ticket for another client is refused', async () => {
  const { refusals } = await pushTo(lucia.api, 'tickets', [
    { base: null, next: newTicket({ client: foreignOrder.client }) },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'not-allowed', field: 'client' });
});

test('a price sent by a client is refused and the order is unchanged', async () => {
  const pulled = await pullFrom(lucia.api, 'orders', { since: 0, limit: 10 });
  const mine = pulled.documents.find(({ id }) => id === order.id);
  const cheaper = { ...mine, prices: [{ from: '2026-01-01', amount: 1 }] };
  const { documents, refusals } = await pushTo(lucia.api, 'orders', [{ base: mine ?? null, next: cheaper }]);
  expect(refusals[0]).toMatchObject({ code: 'forbidden-field', field: 'prices' });
  expect(documents[0]?.['prices']).toEqual([{ from: '2026-01-01', amount: 500 }]);
});

test('a client cannot set a ticket to nofix', async () => {
  const accepted = await openTicket();
  const { documents, refusals } = await pushTo(lucia.api, 'tickets', [
    { base: accepted, next: { ...accepted, status: 'nofix' } },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'illegal-move', field: 'status' });
  expect(documents[0]).toMatchObject({ status: 'open' });
});

test("another client's ticket is answered like one that does not exist", async () => {
  const accepted = await openTicket();
  const tom = await signIn(app.url, 'tom');
  const { documents, refusals } = await pushTo(tom.api, 'tickets', [
    { base: accepted, next: { ...accepted, status: 'closed' } },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'not-found' });
  expect(documents[0]?._deleted).toBe(true);
  expect(await stored(ticket.id)).toMatchObject({ status: 'open' });
});

test('a conflicting change of one field is refused, and changes of different fields are merged', async () => {
  await openTicket();
  const pulled = await pullFrom(ana.api, 'tickets', { since: 0, limit: 100 });
  const seen = pulled.documents.find(({ id }) => id === ticket.id) ?? null;
  const close = { base: seen, next: { ...seen, status: 'closed', closingComment: 'Done' } };
  const nofix = { base: seen, next: { ...seen, status: 'nofix' } };
  const release = { base: seen, next: { ...seen, assignee: null } };
  expect((await pushTo(ana.api, 'tickets', [close])).refusals).toEqual([]);
  const second = await pushTo(ana.api, 'tickets', [nofix]);
  expect(second.refusals[0]).toMatchObject({ code: 'changed-meanwhile', field: 'status', detail: 'closed' });
  const third = await pushTo(ana.api, 'tickets', [release]);
  expect(third.refusals).toEqual([]);
  expect(await stored(ticket.id)).toMatchObject({ status: 'closed', assignee: null });
});

test('a push that is sent again after its answer was lost changes nothing twice', async () => {
  const accepted = await openTicket();
  const closed = await pushTo(ana.api, 'tickets', [await closing(accepted.id)]);
  expect(closed.refusals).toEqual([]);
  // The client's replica never received its answer and sends the new ticket again. That must not reopen it.
  const again = await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket }]);
  expect(again.refusals).toEqual([]);
  expect(again.documents[0]).toMatchObject({ status: 'closed', number: accepted['number'] });
  const message = newMessage(accepted.id);
  for (let i = 0; i < 2; i += 1) await pushTo(lucia.api, 'messages', [{ base: null, next: message }]);
  expect(await database.server.models.messages.count({ where: { ticket: ticket.id, kind: 'answer' } })).toBe(
    1,
  );
});

async function closing(id: string) {
  const { documents } = await pullFrom(ana.api, 'tickets', { since: 0, limit: 100 });
  const seen = documents.find((each) => each.id === id) ?? null;
  return { base: seen, next: { ...seen, status: 'closed' } };
}

function newMessage(id: string, over: Record<string, unknown> = {}) {
  return {
    id: database.server.newId(),
    ticket: id,
    kind: 'answer',
    body: 'Is it?',
    writtenAt: Date.now(),
    ...over,
  };
}

test('a message cannot be changed, and its author comes from the session', async () => {
  const accepted = await openTicket();
  const message = newMessage(accepted.id, { author: ana.me.id, authorName: 'Ana', side: 'staff' });
  const { documents } = await pushTo(lucia.api, 'messages', [{ base: null, next: message }]);
  expect(documents[0]).toMatchObject({ authorName: 'lucia', side: 'client' });
  const row = await database.server.models.messages.findOne({ where: { id: message.id }, raw: true });
  expect(row).toMatchObject({ author: lucia.me.id });
  const changed = { ...documents[0], body: 'Something else' };
  const second = await pushTo(lucia.api, 'messages', [{ base: documents[0] ?? null, next: changed }]);
  expect(second.refusals[0]).toMatchObject({ code: 'insert-only', field: 'body' });
});

test("a client's message reopens a closed ticket, unless the client closed it after writing", async () => {
  const accepted = await openTicket();
  await pushTo(ana.api, 'tickets', [await closing(accepted.id)]);
  await pushTo(lucia.api, 'messages', [{ base: null, next: newMessage(accepted.id) }]);
  expect(await stored(ticket.id)).toMatchObject({ status: 'open' });

  const writtenBefore = newMessage(accepted.id, { writtenAt: Date.now() - 60_000 });
  const { documents } = await pullFrom(lucia.api, 'tickets', { since: 0, limit: 100 });
  const seen = documents.find(({ id }) => id === ticket.id) ?? null;
  await pushTo(lucia.api, 'tickets', [
    { base: seen, next: { ...seen, status: 'closed', writtenAt: Date.now() } },
  ]);
  await pushTo(lucia.api, 'messages', [{ base: null, next: writtenBefore }]);
  expect(await stored(ticket.id)).toMatchObject({ status: 'closed' });
});

test('an answer of staff does not reopen a closed ticket', async () => {
  const accepted = await openTicket();
  await pushTo(ana.api, 'tickets', [await closing(accepted.id)]);
  await pushTo(ana.api, 'messages', [{ base: null, next: newMessage(accepted.id) }]);
  expect(await stored(ticket.id)).toMatchObject({ status: 'closed' });
});

test('a body of 2 MB is refused with 413', async () => {
  const body = JSON.stringify({ collection: 'messages', rows: ['x'.repeat(2_000_000)] });
  const headers = { 'content-type': 'application/json', cookie: lucia.cookieNow() };
  const response = await fetch(`${app.url}/api/trpc/sync.push`, { method: 'POST', headers, body });
  expect(response.status).toBe(413);
  expect(await response.json()).toMatchObject({ error: { data: { errorCode: 'too-large' } } });
});

test('a malformed push is answered with 400 and the name of the field, without internal details', async () => {
  const headers = { 'content-type': 'application/json', cookie: lucia.cookieNow() };
  const valid = {
    collection: 'tickets',
    epoch: 0,
    device: 'x',
    deviceNow: 0,
    rows: [{ base: null, next: {} }],
  };
  const wrong = { collection: 'secrets', epoch: 'none', device: 'a b', deviceNow: 0.5, rows: [] };
  for (const [field, value] of Object.entries(wrong)) {
    const body = JSON.stringify({ ...valid, [field]: value });
    const response = await fetch(`${app.url}/api/trpc/sync.push`, { method: 'POST', headers, body });
    const text = await response.text();
    expect(response.status, text).toBe(400);
    // The name of a collection has the right form; the server knows none of that name.
    const errorCode = field === 'collection' ? 'bad-request' : 'invalid';
    expect(JSON.parse(text)).toMatchObject({ error: { data: { errorCode, field } } });
    expect(text).not.toMatch(/stack|node_modules|SELECT/);
  }
});

test('a signed-out caller gets 401, and cross-site or form-encoded requests are refused', async () => {
  const pull = `${app.url}/api/trpc/sync.pull?input=${encodeURIComponent('{"collection":"tickets","since":0,"limit":1}')}`;
  expect((await fetch(pull)).status).toBe(401);
  const crossSite = {
    'content-type': 'application/json',
    'sec-fetch-site': 'cross-site',
    cookie: lucia.cookieNow(),
  };
  const signOut = `${app.url}/api/trpc/account.signOut`;
  expect((await fetch(signOut, { method: 'POST', headers: crossSite, body: '{}' })).status).toBe(403);
  const form = { 'content-type': 'application/x-www-form-urlencoded', cookie: lucia.cookieNow() };
  expect((await fetch(signOut, { method: 'POST', headers: form, body: 'a=1' })).status).toBe(415);
});
