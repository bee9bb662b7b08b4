import { applyScheduled } from '../orders/apply-scheduled.ts';
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
import { changeQueuedEmail } from '../email/outbox-commands.ts';

/* The invoice of 1 March is due on 6 March. Its reminders are due on the 9th and the 16th. */

let database: TestDatabase;
let client: string;
let order: Order;
beforeEach(async () => {
  database = await openTestDatabase();
  const { server } = database;
  ({ id: client } = await createPerson(server, 'lucia', 'client'));
  order = await createOrder(server, client, { since: '2026-03-01', amount: 950 });
  await billOn(server, '2026-03-01');
  await setSentDay('2026-03-01');
});
afterEach(() => database.close());

/** Sets the day on which the mail server accepted the e-mail with the invoice. Null: not yet. */
async function setSentDay(day: string | null): Promise<void> {
  const sentAt = day === null ? null : Date.parse(`${day}T09:00:00Z`);
  await database.server.models.outbox.update(
    { state: sentAt ? 'sent' : 'scheduled', sentAt },
    { where: { kind: 'invoice-issued', person: client } },
  );
}

async function remindOn(day: string) {
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

async function changeSettings(changes: Partial<Settings>): Promise<void> {
  const { server } = database;
  const { id } = await createPerson(server, `admin${Math.round(Math.random() * 1e9)}`, 'admin');
  const { settings, version } = await storedSettings(server);
  await saveSettings(
    server,
    { id, role: 'admin', name: 'admin' },
    { settings: { ...settings, ...changes }, version },
  );
}

function currentOrder(): Promise<Order> {
  return orderOf(database.server, order.id);
}

async function pay(amount: number): Promise<void> {
  const { server } = database;
  const [invoice = ''] = await findIds(server, invoices, { where: { number: 'A2026-000001' } });
  await transact(server, system(server), (tx) =>
    tx.create(payments, {
      id: server.newId(),
      invoice,
      client,
      day: '2026-03-20',
      amount,
      method: 'transfer',
      reference: '',
      source: 'hand',
      bookedBy: null,
      ...noBankLine,
    }),
  );
}

test('reminders are sent on the third and the tenth day after the due date, once each', async () => {
  expect(await remindOn('2026-03-08')).toEqual([0, 0]);
  expect(await remindOn('2026-03-09')).toEqual([1, 0]);
  expect(await remindOn('2026-03-09')).toEqual([0, 0]);
  expect(await remindOn('2026-03-15')).toEqual([0, 0]);
  expect(await remindOn('2026-03-16')).toEqual([1, 0]);
  expect(await remindOn('2027-03-16')).toEqual([0, 0]);
  expect(await steps()).toEqual([1, 2]);
});

test('the e-mail of an invoice is cancelled only with a reason, and reminders count from that day', async () => {
  const { server } = database;
  const { id: admin } = await createPerson(server, 'canceller', 'admin');
  const where = { kind: 'invoice-issued' };
  await server.models.outbox.update({ state: 'held', sentAt: null }, { where });
  const [email] = await findRows(server.models.outbox, { where });
  const cancel = (reason?: string) =>
    changeQueuedEmail(
      { ...server, now: () => Date.parse('2026-03-10T12:00:00Z') },
      { id: admin, role: 'admin', name: 'canceller' },
      { id: email?.id ?? '', action: 'cancel', reason },
    );
  expect(await remindOn('2026-05-30')).toEqual([0, 0]);
  await expect(cancel()).rejects.toThrow('reason');
  await cancel('told by phone');
  expect(await remindOn('2026-03-09')).toEqual([0, 0]);
  expect(await remindOn('2026-05-30')).toEqual([1, 0]);
});

test('of several missed reminders only the latest is sent', async () => {
  expect(await remindOn('2026-04-20')).toEqual([1, 0]);
  expect(await remindOn('2026-04-21')).toEqual([0, 0]);
  expect(await steps()).toEqual([2]);
});

test('overdue days do not count until a mail server has accepted the e-mail with the invoice', async () => {
  await setSentDay(null);
  expect(await remindOn('2026-03-20')).toEqual([0, 0]);
  await setSentDay('2026-03-21'); // twenty days late
  expect(await remindOn('2026-03-28')).toEqual([0, 0]);
  expect(await remindOn('2026-03-29')).toEqual([1, 0]);
});

test('there are reminders for a part paid invoice, but not for a paid one', async () => {
  await pay(150);
  expect(await remindOn('2026-03-09')).toEqual([1, 0]);
  await pay(1000);
  expect(await remindOn('2026-03-20')).toEqual([0, 0]);
});

test('no service is suspended unless the settings say so', async () => {
  for (const day of ['2026-03-09', '2026-03-16', '2026-04-30']) await remindOn(day);
  expect((await currentOrder()).status).toBe('active');
});

test('a service is suspended after the day of the last reminder; a payment reactivates it and its history shows both', async () => {
  await changeSettings({ suspendAfterDays: 15 });
  expect(await remindOn('2026-03-30')).toEqual([1, 0]); // all were missed: the last reminder is sent before a suspension
  expect(await remindOn('2026-03-30')).toEqual([0, 0]);
  expect(await remindOn('2026-03-31')).toEqual([0, 1]);
  expect(await currentOrder()).toMatchObject({
    status: 'suspended',
    cause: 'non-payment',
    reason: 'A2026-000001',
  });
  expect(await remindOn('2026-04-01')).toEqual([0, 0]);
  await pay(1150);
  const after = await currentOrder();
  expect(after).toMatchObject({ status: 'active', cause: null });
  expect(after.history.map(({ status }) => status)).toEqual(['active', 'suspended', 'active']);
});

test('a disabled client gets no reminders, and the services are suspended without them', async () => {
  await changeSettings({ suspendAfterDays: 20 });
  await database.server.models.people.update({ status: 'disabled' }, { where: { id: client } });
  expect(await remindOn('2026-03-25')).toEqual([0, 0]);
  expect(await remindOn('2026-03-26')).toEqual([0, 1]);
  expect((await currentOrder()).status).toBe('suspended');
  expect(await steps()).toEqual([]);
});

test('a payment does not lift a suspension that has another reason', async () => {
  const { server } = database;
  await transact(server, system(server), async (tx) => {
    const row = await tx.load(orders, order.id);
    const entry = { on: '2026-03-10', status: 'suspended' as const, reason: 'abuse', at: tx.now };
    if (row)
      await tx.update(orders, row, {
        status: 'suspended',
        reason: 'abuse',
        cause: null,
        history: [...row.history, entry],
      });
  });
  await pay(1150);
  expect((await currentOrder()).status).toBe('suspended');
});

test('paying the invoice cancels a suspension scheduled for non-payment, but not one scheduled for another reason', async () => {
  const { server } = database;
  const schedule = (cause: 'non-payment' | null) =>
    transact(server, system(server), async (tx) => {
      const row = await tx.load(orders, order.id);
      const nextStatus = { on: '2099-01-01', status: 'suspended' as const, reason: '', cause };
      if (row) await tx.update(orders, row, { nextStatus });
    });
  await schedule('non-payment');
  await pay(1150);
  expect(await currentOrder()).toMatchObject({ status: 'active', nextStatus: null });
  await schedule(null);
  await pay(1);
  expect(await currentOrder()).toMatchObject({ nextStatus: { on: '2099-01-01' } });
});

test('a suspension for non-payment keeps what an admin has scheduled, which then happens on its day', async () => {
  const { server } = database;
  const nextStatus = { on: '2026-05-01', status: 'suspended' as const, reason: 'It moves', cause: null };
  await transact(server, system(server), async (tx) => {
    const row = await tx.load(orders, order.id);
    if (row) await tx.update(orders, row, { nextStatus });
  });
  await changeSettings({ suspendAfterDays: 15 });
  await remindOn('2026-03-30');
  await remindOn('2026-03-31');
  expect(await currentOrder()).toMatchObject({ status: 'suspended', cause: 'non-payment', nextStatus });
  await applyScheduled(server, '2026-05-01');
  const after = await currentOrder();
  expect(after).toMatchObject({ status: 'suspended', reason: 'It moves', cause: null, nextStatus: null });
  expect(after.history.map(({ status }) => status)).toEqual(['active', 'suspended', 'suspended']);
});

test('a service that an admin reactivates is not suspended again for the same invoice', async () => {
  await changeSettings({ suspendAfterDays: 15 });
  await remindOn('2026-03-30');
  await remindOn('2026-03-31');
  const { server } = database;
  await transact(server, system(server), async (tx) => {
    const row = await tx.load(orders, order.id);
    const entry = { on: '2026-04-01', status: 'active' as const, reason: '', at: tx.now };
    if (row)
      await tx.update(orders, row, { status: 'active', cause: null, history: [...row.history, entry] });
  });
  expect(await remindOn('2026-04-10')).toEqual([0, 0]);
  expect((await currentOrder()).status).toBe('active');
});

test('settings with a suspension before the last reminder, or reminders out of order, are refused with the field', async () => {
  await expect(changeSettings({ suspendAfterDays: 10 })).rejects.toMatchObject({
    code: 'invalid',
    field: 'suspendAfterDays',
  });
  await expect(changeSettings({ reminderDays: [10, 3] })).rejects.toMatchObject({
    code: 'invalid',
    field: 'reminderDays',
  });
});

test('a full correction of the invoice reactivates its services', async () => {
  const { server } = database;
  await changeSettings({ suspendAfterDays: 15 });
  await remindOn('2026-03-30');
  await remindOn('2026-03-31');
  expect((await currentOrder()).status).toBe('suspended');
  const original = await findDocument(server, invoices, { where: { number: 'A2026-000001' } });
  if (!original) throw new Error('the first invoice is gone');
  await transact(server, system(server), async (tx) => {
    const lines = original.lines.map((line) => takenBack(line));
    const options = { corrects: original.id, client, reason: 'never delivered', lines };
    const issued = await issueCorrection(tx, options, '2026-04-01');
    await tx.create(invoices, { ...issued, id: server.newId(), client });
  });
  expect(await currentOrder()).toMatchObject({ status: 'active', cause: null });
});
