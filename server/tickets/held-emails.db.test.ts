import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { invoiceFields } from '../test/everything.ts';
import { answerTo, ticketBy } from '../test/replica-device.ts';
import { signInWith } from '../test/account-caller.ts';
import { createPerson, openTestDatabase, pullFrom, pushTo, signIn, startApp, system, type SignedIn, type TestApp, type TestDatabase } from '../test/test-server.ts';
import { transact } from '../context.ts';
import { invoices } from '#shared/invoices/schema.ts';

/* E-mails that wait: answers that came in late are mailed when their author says so, and what is undone mails nobody. */

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
  who: SignedIn,
  collection: N,
  id: string,
): Promise<Documents[N]> {
  const { documents } = await pullFrom(who.api, collection);
  return documents.find((each) => each.id === id) as unknown as Documents[N];
}

/** Pushes an answer that was written so long ago, on a device whose clock is off by so much. */
async function answer(who: SignedIn, body: string, { ago = 0, clockOff = 0 } = {}): Promise<string> {
  const message = answerTo(ticket, body);
  const deviceNow = database.server.now() + clockOff;
  const next = { ...message, writtenAt: deviceNow - ago, createdAt: 1, updatedAt: 1, seq: 0 };
  const wanted = { collection: 'messages', epoch: 0, device: who.me.name, deviceNow } as const;
  const { refusals } = await who.api.sync.push.mutate({ ...wanted, rows: [{ base: null, next }] });
  expect(refusals).toEqual([]);
  return message.id;
}

/** [e-mail about it, state] of the outbox. */
async function emails(kind: string, document?: string): Promise<string[]> {
  const rows = await database.server.models.outbox.findAll({
    where: { kind, ...(document ? { document } : {}) },
    order: ['createdAt', 'id'],
    raw: true,
  });
  return rows.map((row) => (row as unknown as { state: string }).state);
}

async function decideEmail(who: SignedIn, id: string, emailState: 'due' | 'dropped') {
  const base = await serverDocumentOf(who, 'messages', id);
  return pushTo(who.api, 'messages', [{ base, next: { ...base, emailState } }]);
}

test('two agents answer offline: both answers stand, the second is mailed when its author says so', async () => {
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

test('an answer that its author does not want mailed any more never is', async () => {
  await answer(marc, 'It is the switch.');
  const late = await answer(ana, 'Have you restarted it?', { ago: 120_000 });
  expect((await decideEmail(ana, late, 'dropped')).refusals).toEqual([]);
  expect(await emails('ticket-answered', late)).toEqual(['cancelled']);
});

test('written more than 4 hours before it came in: its author is asked, whatever the clock of the device says', async () => {
  const young = await answer(ana, 'An hour ago', { ago: hour, clockOff: 30 * hour });
  const old = await answer(ana, 'Five hours ago', { ago: 5 * hour, clockOff: -30 * hour });
  expect(await emails('ticket-answered', young)).toEqual(['scheduled']);
  expect(await emails('ticket-answered', old)).toEqual(['held']);
  const note = await answer(ana, 'An answer of the client before does not hold it', { ago: 10_000 });
  expect(await emails('ticket-answered', note)).toEqual(['scheduled']);
});

test('how many hours is a setting', async () => {
  const admin = await createPerson(database.server, 'arturo', 'admin');
  const caller = await signInWith(app.url, admin.username);
  const { api } = await signIn(app.url, 'arturo');
  const { version, settings } = await api.settings.read.query();
  expect(settings.holdHours).toBe(4);
  await caller.post('settings.save', { version, settings: { ...settings, holdHours: 8 } });
  expect(await emails('ticket-answered', await answer(ana, 'Five', { ago: 5 * hour }))).toEqual(['scheduled']);
  expect(await emails('ticket-answered', await answer(ana, 'Nine', { ago: 9 * hour }))).toEqual(['held']);
});

test('closing can be undone for 15 seconds: the e-mail waits so long, and reopening takes it back', async () => {
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

test('giving a ticket to a colleague can be undone: who no longer has it is not told that they have', async () => {
  await pushTo(ana.api, 'tickets', [{ base: ticket, next: { ...ticket, assignee: marc.me.id } }]);
  expect(await emails('ticket-assigned')).toEqual(['scheduled']);
  const current = await serverDocumentOf(ana, 'tickets', ticket.id);
  await pushTo(ana.api, 'tickets', [{ base: current, next: { ...current, assignee: ana.me.id } }]);
  expect(await emails('ticket-assigned')).toEqual(['cancelled']);
});

test('a payment that was booked by mistake and taken back thanks nobody', async () => {
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
    const paid = {
      invoice: invoice.id,
      client: invoice.client,
      day: '2026-01-02',
      amount,
      method: 'transfer',
    };
    const rest = { reference: '', source: 'hand', bookedBy: ines.me.id };
    const times = { createdAt: now, updatedAt: now, writtenAt: now, seq: 0 };
    const next = { id: database.server.newId(), ...paid, ...rest, ...times };
    return pushTo(ines.api, 'payments', [{ base: null, next }]);
  };
  expect((await book(invoice.total)).refusals).toEqual([]);
  expect(await emails('invoice-paid')).toEqual(['scheduled']);
  expect((await book(-invoice.total)).refusals).toEqual([]);
  expect(await emails('invoice-paid')).toEqual(['cancelled']);
});

test('a client who opens a closed ticket again waits for staff, and whoever has it is told; undone at once, nobody is', async () => {
  const say = async (who: SignedIn, changes: object) => {
    const base = await serverDocumentOf(who, 'tickets', ticket.id);
    const next = { ...base, ...changes, writtenAt: database.server.now() + (now += 1) };
    const { refusals } = await pushTo(who.api, 'tickets', [{ base, next }]);
    expect(refusals).toEqual([]);
  };
  const told = async () => {
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
  await say(ana, { status: 'closed' });
  expect(await serverDocumentOf(ana, 'tickets', ticket.id)).toMatchObject({ waitingFor: 'client' });
  await say(lucia, { status: 'open' });
  expect(await serverDocumentOf(ana, 'tickets', ticket.id)).toMatchObject({ status: 'open', waitingFor: 'us' });
  expect(await told()).toEqual(['ana@test.example scheduled']);
  await say(lucia, { status: 'closed' });
  expect((await told()).filter((each) => each.endsWith('scheduled'))).toEqual([]);
});
