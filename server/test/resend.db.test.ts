import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let ana: SignedIn;
let ines: SignedIn;
let order: Documents['orders'];

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  const client = await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'ana', 'helpdesk');
  await createPerson(server, 'ines', 'accountant');
  order = await createOrder(server, client.id, {
    since: '2026-01-01',
    amount: 500,
    accessDetails: 'root / secret',
  });
  app = await startApp(server);
  [lucia, ana, ines] = [
    await signIn(app.url, 'lucia'),
    await signIn(app.url, 'ana'),
    await signIn(app.url, 'ines'),
  ];
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

/** A new ticket as the app creates it: with every field, so that it can be shown before it is sent. */
function newTicket() {
  return {
    id: database.server.newId(),
    client: lucia.me.id,
    order: null,
    queue: 'technical',
    status: 'open',
    subject: 'Help',
    closingComment: null,
    assignee: null,
    priority: 'normal',
    writtenAt: Date.now(),
    seq: 0,
  };
}

async function stored(id: string) {
  const row = await database.server.models.tickets.findOne({ where: { id }, raw: true });
  return row as unknown as { status: string; assignee: string | null };
}

async function seenBy(person: SignedIn, id: string) {
  const { documents } = await pullFrom(person.api, 'tickets', { since: 0, limit: 100 });
  return documents.find((each) => each.id === id) ?? null;
}

test('a new ticket that is sent twice is not refused and keeps its assignee', async () => {
  const ticket = newTicket();
  for (let i = 0; i < 2; i += 1) {
    const { refusals, documents } = await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket }]);
    expect(refusals).toEqual([]);
    expect(documents[0]?._deleted).toBe(false);
  }
  expect((await stored(ticket.id)).assignee).toBe(ana.me.id);
});

test('a change that is sent twice does not undo what happened since', async () => {
  const ticket = newTicket();
  await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket }]);
  const before = await seenBy(ana, ticket.id);
  const close = { base: before, next: { ...before, status: 'closed', writtenAt: Date.now() } };
  await pushTo(ana.api, 'tickets', [close]);
  const answer = {
    id: database.server.newId(),
    ticket: ticket.id,
    kind: 'answer',
    body: 'Not yet',
    writtenAt: Date.now(),
  };
  await pushTo(lucia.api, 'messages', [{ base: null, next: answer }]);
  expect((await stored(ticket.id)).status).toBe('open');
  const again = await pushTo(ana.api, 'tickets', [close]);
  expect(again.refusals).toEqual([]);
  expect(again.documents[0]).toMatchObject({ status: 'open' });
});

test('a refusal never reveals the value of a field that the writer may not see', async () => {
  const { documents } = await pullFrom(lucia.api, 'orders', { since: 0, limit: 10 });
  const [mine] = documents;
  const guess = { base: mine ?? null, next: { ...mine, id: order.id, notes: 'x' } };
  const asClient = await pushTo(lucia.api, 'orders', [guess]);
  expect(asClient.refusals[0]).toMatchObject({ code: 'forbidden-field', field: 'notes', detail: null });
  const accountantOrders = await pullFrom(ines.api, 'orders', { since: 0, limit: 10 });
  const [seen] = accountantOrders.documents;
  const asAccountant = await pushTo(ines.api, 'orders', [
    { base: seen ?? null, next: { ...seen, accessDetails: 'x' } },
  ]);
  expect(asAccountant.refusals[0]).toMatchObject({ code: 'forbidden-field', detail: null });
  expect(JSON.stringify(asClient)).not.toContain('only for staff');
  expect(JSON.stringify(asAccountant)).not.toMatch(/secret|only for staff/);
});

test('when staff opens a ticket for a client, the client gets an e-mail and the ticket waits for the client', async () => {
  const ticket = { ...newTicket() };
  await pushTo(ana.api, 'tickets', [{ base: null, next: ticket }]);
  const message = {
    id: database.server.newId(),
    ticket: ticket.id,
    kind: 'answer',
    body: 'We move you',
    writtenAt: Date.now(),
  };
  await pushTo(ana.api, 'messages', [{ base: null, next: message }]);
  const rows = await database.server.models.outbox.findAll({ where: { document: message.id }, raw: true });
  expect((rows as unknown as { recipient: string }[]).map(({ recipient }) => recipient)).toEqual([
    'lucia@test.example',
  ]);
  expect(await stored(ticket.id)).toMatchObject({ waitingFor: 'client' });
});
