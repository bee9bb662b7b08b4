import { afterEach, beforeEach, expect, test } from 'vitest';
import { takenBack } from '#shared/invoices/corrections.ts';
import { findDocument, findIds } from '#sync/server/row.ts';
import { saveSettings, storedSettings, type Settings } from '../settings/settings.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  system,
  type TestDatabase,
} from '../test/test-server.ts';
import type { EmailPayloads } from '../email/outbox.ts';
import { findRows } from '../models/rows.ts';
import { orderOf } from '../test/order-case.ts';
import { issueCorrection } from './correct.ts';
import { remindDue } from './reminders.ts';
import { transact } from '../context.ts';
import { noBankLine, payments } from '#shared/invoices/payment-schema.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { type Order, orders } from '#shared/orders/schema.ts';
import { billOn } from '../test/bill-on.ts';

/* An invoice of 1 March is due on 6 March; it is reminded of on the 9th and the 16th. */

let database: TestDatabase;
let client: string;
let order: Order;
beforeEach(async () => {
  database = await openTestDatabase();
  const { server } = database;
  ({ id: client } = await createPerson(server, 'lucia', 'client'));
  order = await createOrder(server, client, { since: '2026-03-01', amount: 950 });
  await billOn(server, '2026-03-01');
  await taken('2026-03-01');
});
afterEach(() => database.close());

/** The mail server took the e-mail with the invoice on this day. */
async function taken(day: string | null): Promise<void> {
  const sentAt = day === null ? null : Date.parse(`${day}T09:00:00Z`);
  await database.server.models.outbox.update(
    { state: sentAt ? 'sent' : 'scheduled', sentAt },
    { where: { kind: 'invoice-issued', person: client } },
  );
}

async function on(day: string) {
  const { server } = database;
  const { reminded, suspended } = await remindDue(
    { ...server, now: () => Date.parse(`${day}T09:00:00Z`) },
    day,
  );
  return [reminded, suspended];
}

async function steps(): Promise<number[]> {
  const rows = await findRows(database.server.models.outbox, { where: { kind: 'invoice-reminder' } });
  return rows.map(({ payload }) => (payload as EmailPayloads['invoice-reminder']).step).sort();
}

async function set(changes: Partial<Settings>): Promise<void> {
  const { server } = database;
  const { id } = await createPerson(server, `admin${Math.round(Math.random() * 1e9)}`, 'admin');
  const { settings, version } = await storedSettings(server);
  await saveSettings(
    server,
    { id, role: 'admin', name: 'admin' },
    { settings: { ...settings, ...changes }, version },
  );
}

function current(): Promise<Order> {
  return orderOf(database.server, order.id);
}

async function pay(amount: number): Promise<void> {
  const { server } = database;
  const [invoice = ''] = await findIds(server, invoices, { where: { number: 'A2026-000001' } });
  await transact(server, system(server), (tx) =>
    tx.create(payments, {
      ...{
        id: server.newId(),
        invoice,
        client,
        day: '2026-03-20',
        amount,
        method: 'transfer',
        reference: '',
      },
      ...{ source: 'hand', bookedBy: null, ...noBankLine },
    }),
  );
}

test('reminded on the third and the tenth day after the due date, each once', async () => {
  expect(await on('2026-03-08')).toEqual([0, 0]);
  expect(await on('2026-03-09')).toEqual([1, 0]);
  expect(await on('2026-03-09')).toEqual([0, 0]);
  expect(await on('2026-03-15')).toEqual([0, 0]);
  expect(await on('2026-03-16')).toEqual([1, 0]);
  expect(await on('2027-03-16')).toEqual([0, 0]);
  expect(await steps()).toEqual([1, 2]);
});

test('of several missed steps only the latest is sent', async () => {
  expect(await on('2026-04-20')).toEqual([1, 0]);
  expect(await on('2026-04-21')).toEqual([0, 0]);
  expect(await steps()).toEqual([2]);
});

test('the clock stands still until a mail server has taken the e-mail with the invoice', async () => {
  await taken(null);
  expect(await on('2026-03-20')).toEqual([0, 0]);
  await taken('2026-03-21'); // twenty days late
  expect(await on('2026-03-28')).toEqual([0, 0]);
  expect(await on('2026-03-29')).toEqual([1, 0]);
});

test('what is paid is not reminded of; part of it paid is', async () => {
  await pay(150);
  expect(await on('2026-03-09')).toEqual([1, 0]);
  await pay(1000);
  expect(await on('2026-03-20')).toEqual([0, 0]);
});

test('nothing is suspended unless the settings say so', async () => {
  for (const day of ['2026-03-09', '2026-03-16', '2026-04-30']) await on(day);
  expect((await current()).status).toBe('active');
});

test('suspended after the last reminder and never on its day; a payment lets it run again, with the days in its history', async () => {
  await set({ suspendAfterDays: 15 });
  expect(await on('2026-03-30')).toEqual([1, 0]); // all missed: the last reminder goes first
  expect(await on('2026-03-30')).toEqual([0, 0]);
  expect(await on('2026-03-31')).toEqual([0, 1]);
  expect(await current()).toMatchObject({
    status: 'suspended',
    cause: 'non-payment',
    reason: 'A2026-000001',
  });
  expect(await on('2026-04-01')).toEqual([0, 0]);
  await pay(1150);
  const after = await current();
  expect(after).toMatchObject({ status: 'active', cause: null });
  expect(after.history.map(({ status }) => status)).toEqual(['active', 'suspended', 'active']);
});

test('who is disabled and gets no e-mails is not reminded, and their services do not run on for nothing', async () => {
  await set({ suspendAfterDays: 20 });
  await database.server.models.people.update({ status: 'disabled' }, { where: { id: client } });
  expect(await on('2026-03-25')).toEqual([0, 0]);
  expect(await on('2026-03-26')).toEqual([0, 1]);
  expect((await current()).status).toBe('suspended');
  expect(await steps()).toEqual([]);
});

test('a payment does not lift a suspension for another reason', async () => {
  const { server } = database;
  await transact(server, system(server), async (tx) => {
    const row = await tx.load(orders, order.id);
    const entry = { on: '2026-03-10', status: 'suspended' as const, reason: 'abuse', at: tx.now };
    if (row)
      await tx.update(orders, row, {
        ...{ status: 'suspended', reason: 'abuse', cause: null, history: [...row.history, entry] },
      });
  });
  await pay(1150);
  expect((await current()).status).toBe('suspended');
});

test('a suspension that is planned because of an invoice is planned no more when that is paid; one for another reason is', async () => {
  const { server } = database;
  const plan = (cause: 'non-payment' | null) =>
    transact(server, system(server), async (tx) => {
      const row = await tx.load(orders, order.id);
      const nextStatus = { on: '2099-01-01', status: 'suspended' as const, reason: '', cause };
      if (row) await tx.update(orders, row, { nextStatus });
    });
  await plan('non-payment');
  await pay(1150);
  expect(await current()).toMatchObject({ status: 'active', nextStatus: null });
  await plan(null);
  await pay(1);
  expect(await current()).toMatchObject({ nextStatus: { on: '2099-01-01' } });
});

test('one that an admin lets run again is not suspended a second time for the same invoice', async () => {
  await set({ suspendAfterDays: 15 });
  await on('2026-03-30');
  await on('2026-03-31');
  const { server } = database;
  await transact(server, system(server), async (tx) => {
    const row = await tx.load(orders, order.id);
    const entry = { on: '2026-04-01', status: 'active' as const, reason: '', at: tx.now };
    if (row)
      await tx.update(orders, row, { status: 'active', cause: null, history: [...row.history, entry] });
  });
  expect(await on('2026-04-10')).toEqual([0, 0]);
  expect((await current()).status).toBe('active');
});

test('settings that would suspend before the last reminder, or remind backwards, are refused with their field', async () => {
  await expect(set({ suspendAfterDays: 10 })).rejects.toMatchObject({
    code: 'invalid',
    field: 'suspendAfterDays',
  });
  await expect(set({ reminderDays: [10, 3] })).rejects.toMatchObject({
    code: 'invalid',
    field: 'reminderDays',
  });
});

test('an invoice that is wholly corrected holds its services back no longer', async () => {
  const { server } = database;
  await set({ suspendAfterDays: 15 });
  await on('2026-03-30');
  await on('2026-03-31');
  expect((await current()).status).toBe('suspended');
  const original = await findDocument(server, invoices, { where: { number: 'A2026-000001' } });
  if (!original) throw new Error('the first invoice is gone');
  await transact(server, system(server), async (tx) => {
    const lines = original.lines.map((line) => takenBack(line));
    const wanted = { corrects: original.id, client, reason: 'never delivered', lines };
    const issued = await issueCorrection(tx, wanted, '2026-04-01');
    await tx.create(invoices, { ...issued, id: server.newId(), client });
  });
  expect(await current()).toMatchObject({ status: 'active', cause: null });
});
