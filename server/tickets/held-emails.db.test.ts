import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { invoiceFields } from '../test/everything.ts';
import { answerTo, ticketBy } from '../test/replica-device.ts';
import { signInWith } from '../test/account-caller.ts';
import {
  createPerson,
  openTestDatabase,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  system,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../test/test-server.ts';
import { transact } from '../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

/* Held e-mails: a late answer is e-mailed only when its author confirms it, and an undone change sends no e-mail. */

const hour = 3_600_000;
let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let ana: SignedIn;
let marc: SignedIn;
let ticket: Documents['tickets'];
let now = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  database.server.now = () => Date.now() + now;
  await createPerson(database.server, 'lucia', 'client');
  await createPerson(database.server, 'ana', 'helpdesk');
  await createPerson(database.server, 'marc', 'helpdesk', { available: false });
  app = await startApp(database.server);
  [lucia, ana, marc] = await Promise.all([
    signIn(app.url, 'lucia'),
    signIn(app.url, 'ana'),
    signIn(app.url, 'marc'),
  ]);
});
beforeEach(async () => {
  const opened = ticketBy(lucia.me);
  await pushTo(lucia.api, 'tickets', [{ base: null, next: opened }]);
  ticket = await serverDocumentOf(ana, 'tickets', opened.id);
});
afterEach(() => (now = 0));
afterAll(async () => {
  await app.stop();
  await database.close();
});

async function serverDocumentOf<N extends 'tickets' | 'messages'>(
  person: SignedIn,
  collection: N,
  id: string,
): Promise<Documents[N]> {
  const { documents } = await pullFrom(person.api, collection);
  return documents.find((each) => each.id === id) as unknown as Documents[N];
}

/** Pushes an answer written `ago` ms earlier, from a device whose clock is off by `clockOff` ms. */
async function answer(person: SignedIn, body: string, { ago = 0, clockOff = 0 } = {}): Promise<string> {
  const message = answerTo(ticket, body);
  const deviceNow = database.server.now() + clockOff;
  const next = { ...message, writtenAt: deviceNow - ago, createdAt: 1, updatedAt: 1, seq: 0 };
  const request = { collection: 'messages', epoch: 0, device: person.me.name, deviceNow } as const;
  const { refusals } = await person.api.sync.push.mutate({ ...request, rows: [{ base: null, next }] });
  expect(refusals).toEqual([]);
  return message.id;
}

/** The states of the outbox e-mails of a kind, oldest first. */
async function emails(kind: string, document?: string): Promise<string[]> {
  const rows = await database.server.models.outbox.findAll({
    where: { kind, ...(document ? { document } : {}) },
    order: ['createdAt', 'id'],
    raw: true,
  });
  return rows.map((row) => (row as unknown as { state: string }).state);
}

async function decideEmail(person: SignedIn, id: string, emailState: 'due' | 'dropped') {
  const base = await serverDocumentOf(person, 'messages', id);
  return pushTo(person.api, 'messages', [{ base, next: { ...base, emailState } }]);
}

test('two agents answer offline: both answers are kept, the second is e-mailed only when its author confirms it', async () => {
  const first = await answer(marc, 'It is the switch.', { ago: 60_000 });
  const second = await answer(ana, 'Have you restarted it?', { ago: 120_000 });
  expect(await emails('ticket-answered', first)).toEqual(['scheduled']);
  expect(await emails('ticket-answered', second)).toEqual(['held']);
  expect((await serverDocumentOf(ana, 'messages', second)).emailState).toBe('held');
  expect((await serverDocumentOf(lucia, 'messages', second)).body).toBe('Have you restarted it?');
  expect(await serverDocumentOf(lucia, 'messages', second)).not.toHaveProperty('emailState');

  expect((await decideEmail(marc, second, 'due')).refusals).toMatchObject([{ field: 'emailState' }]);
  expect((await decideEmail(ana, second, 'due')).refusals).toEqual([]);
  expect(await emails('ticket-answered', second)).toEqual(['scheduled']);
  expect((await decideEmail(ana, second, 'dropped')).refusals).toMatchObject([{ field: 'emailState' }]);
});

test('a late answer is never e-mailed if its author drops the e-mail', async () => {
  await answer(marc, 'It is the switch.');
  const late = await answer(ana, 'Have you restarted it?', { ago: 120_000 });
  expect((await decideEmail(ana, late, 'dropped')).refusals).toEqual([]);
  expect(await emails('ticket-answered', late)).toEqual(['cancelled']);
});

test('an answer written more than 4 hours before it arrived is held, even if the device clock is wrong', async () => {
  const young = await answer(ana, 'An hour ago', { ago: hour, clockOff: 30 * hour });
  const old = await answer(ana, 'Five hours ago', { ago: 5 * hour, clockOff: -30 * hour });
  expect(await emails('ticket-answered', young)).toEqual(['scheduled']);
  expect(await emails('ticket-answered', old)).toEqual(['held']);
  const note = await answer(ana, 'An answer of the client before does not hold it', { ago: 10_000 });
  expect(await emails('ticket-answered', note)).toEqual(['scheduled']);
});

test('the number of hours is a setting', async () => {
  const admin = await createPerson(database.server, 'arturo', 'admin');
  const caller = await signInWith(app.url, admin.username);
  const { api } = await signIn(app.url, 'arturo');
  const { version, settings } = await api.settings.read.query();
  expect(settings.holdHours).toBe(4);
  await caller.post('settings.save', { version, settings: { ...settings, holdHours: 8 } });
  expect(await emails('ticket-answered', await answer(ana, 'Five', { ago: 5 * hour }))).toEqual([
    'scheduled',
  ]);
  expect(await emails('ticket-answered', await answer(ana, 'Nine', { ago: 9 * hour }))).toEqual(['held']);
});

test('the e-mail about a closed ticket waits 15 seconds, and reopening the ticket cancels it', async () => {
  const closed = { ...ticket, status: 'closed' as const };
  await pushTo(ana.api, 'tickets', [{ base: ticket, next: closed }]);
  const [row] = await database.server.models.outbox.findAll({ where: { kind: 'ticket-closed' }, raw: true });
  const { notBefore, createdAt } = row as unknown as { notBefore: string; createdAt: string };
  expect(Number(notBefore) - Number(createdAt)).toBe(15_000);

  const current = await serverDocumentOf(ana, 'tickets', ticket.id);
  await pushTo(ana.api, 'tickets', [{ base: current, next: { ...current, status: 'open' } }]);
  expect(await emails('ticket-closed')).toEqual(['cancelled']);

  const again = await serverDocumentOf(ana, 'tickets', ticket.id);
  await pushTo(ana.api, 'tickets', [{ base: again, next: { ...again, status: 'nofix' } }]);
  expect(await emails('ticket-closed')).toEqual(['cancelled', 'scheduled']);
});

test('undoing an assignment cancels the e-mail to the colleague', async () => {
  await pushTo(ana.api, 'tickets', [{ base: ticket, next: { ...ticket, assignee: marc.me.id } }]);
  expect(await emails('ticket-assigned')).toEqual(['scheduled']);
  const current = await serverDocumentOf(ana, 'tickets', ticket.id);
  await pushTo(ana.api, 'tickets', [{ base: current, next: { ...current, assignee: ana.me.id } }]);
  expect(await emails('ticket-assigned')).toEqual(['cancelled']);
});

test('a payment that is booked by mistake and undone sends no thank-you e-mail', async () => {
  await createPerson(database.server, 'ines', 'accountant');
  const ines = await signIn(app.url, 'ines');
  const { result: invoice } = await transact(database.server, system(database.server), (tx) =>
    tx.create(invoices, {
      id: database.server.newId(),
      ...invoiceFields(lucia.me.id, 'Hosting'),
      status: 'unpaid',
      number: 'A2026-000001',
    }),
  );
  const book = (amount: number) => {
    const now = database.server.now();
    const next = {
      id: database.server.newId(),
      invoice: invoice.id,
      client: invoice.client,
      day: '2026-01-02',
      amount,
      method: 'transfer',
      reference: '',
      source: 'hand',
      bookedBy: ines.me.id,
      createdAt: now,
      updatedAt: now,
      writtenAt: now,
      seq: 0,
    };
    return pushTo(ines.api, 'payments', [{ base: null, next }]);
  };
  expect((await book(invoice.total)).refusals).toEqual([]);
  expect(await emails('invoice-paid')).toEqual(['scheduled']);
  expect((await book(-invoice.total)).refusals).toEqual([]);
  expect(await emails('invoice-paid')).toEqual(['cancelled']);
});

test('a client reopens a ticket: it waits for staff and the assignee gets an e-mail, unless the client undoes it at once', async () => {
  const changeTicket = async (person: SignedIn, changes: object) => {
    const base = await serverDocumentOf(person, 'tickets', ticket.id);
    const next = { ...base, ...changes, writtenAt: database.server.now() + (now += 1) };
    const { refusals } = await pushTo(person.api, 'tickets', [{ base, next }]);
    expect(refusals).toEqual([]);
  };
  const reopenedEmails = async () => {
    const rows = await database.server.models.outbox.findAll({
      where: { kind: 'ticket-reopened' },
      raw: true,
    });
    return rows.map((row) => {
      const { recipient, state } = row as unknown as { recipient: string; state: string };
      return `${recipient} ${state}`;
    });
  };
  await answer(ana, 'It is done');
  await changeTicket(ana, { status: 'closed' });
  expect(await serverDocumentOf(ana, 'tickets', ticket.id)).toMatchObject({ waitingFor: 'client' });
  await changeTicket(lucia, { status: 'open' });
  expect(await serverDocumentOf(ana, 'tickets', ticket.id)).toMatchObject({
    status: 'open',
    waitingFor: 'us',
  });
  expect(await reopenedEmails()).toEqual(['ana@test.example scheduled']);
  await changeTicket(lucia, { status: 'closed' });
  expect((await reopenedEmails()).filter((each) => each.endsWith('scheduled'))).toEqual([]);
});
