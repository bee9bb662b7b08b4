import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  system,
  type TestDatabase,
} from '../test/test-server.ts';
import { startSmtp, type TestSmtp } from '../test/smtp.ts';
import { deliverDue } from './deliver.ts';
import { aboutOrder } from '../orders/about-order.ts';
import { notify } from '../people/notify.ts';
import { renderEmail } from '../render-email.ts';
import { openTransport, type Transport } from './transport.ts';
import { transact } from '../context.ts';
import { findRows } from '../models/rows.ts';
import { orders } from '#shared/orders/schema.ts';

let database: TestDatabase;
let smtp: TestSmtp;
let transport: Transport;
let order: string;
let client: string;

beforeEach(async () => {
  database = await openTestDatabase();
  smtp = await startSmtp();
  transport = openTransport({ ...database.server.config, smtpUrl: smtp.url }, Date.now);
  const person = await createPerson(database.server, 'lucia', 'client', { displayName: '<b>Lucía</b>' });
  client = person.id;
  ({ id: order } = await createOrder(database.server, client, {
    since: '2026-01-01',
    amount: 1,
    instanceName: '<i>x</i>',
  }));
});
afterEach(async () => {
  transport.close();
  await smtp.close();
  await database.close();
});

async function queue(step: number): Promise<void> {
  const { server } = database;
  await transact(server, system(server), async (tx) => {
    const current = await tx.load(orders, order);
    if (!current) throw new Error('the order is gone');
    const { status, reason } = current;
    const payload = { ...(await aboutOrder(tx, current)), status, reason };
    await notify(tx, client, { kind: 'order-status', document: order, event: `step ${step}`, payload });
  });
}

async function states(): Promise<string[]> {
  const rows = await findRows(database.server.models.outbox, { order: ['createdAt', 'id'] });
  return rows.map(({ state }) => state);
}

test('an e-mail queued twice is sent once, and four concurrent deliveries send each e-mail once', async () => {
  for (let step = 1; step <= 12; step += 1) await queue(step);
  await queue(3);
  await Promise.all([1, 2, 3, 4].map(() => deliverDue(database.server, { transport, render: renderEmail })));
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(smtp.mails).toHaveLength(12);
  expect(new Set(smtp.mails.map(({ messageId }) => messageId)).size).toBe(12);
});

test('if the database fails during a delivery, the next delivery sends the unsent e-mails', async () => {
  for (let step = 1; step <= 3; step += 1) await queue(step);
  const { db } = database.server;
  await db.query(
    `CREATE TRIGGER broken BEFORE UPDATE ON outbox FOR EACH ROW
     IF NEW.state = 'sent' THEN SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = 'broken'; END IF`,
  );
  await expect(deliverDue(database.server, { transport, render: renderEmail })).rejects.toThrow('broken');
  expect(await states()).toEqual(['scheduled', 'scheduled', 'scheduled']);
  await db.query('DROP TRIGGER broken');
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(await states()).toEqual(['sent', 'sent', 'sent']);
  // The e-mail that was accepted but not marked is sent again, with the same Message-ID.
  expect(new Set(smtp.mails.map(({ messageId }) => messageId)).size).toBe(3);
});

test('a temporary refusal (4xx) is retried later; a permanent one (5xx) is not', async () => {
  await queue(1);
  smtp.answer = () => ({ code: 451, text: 'try later' });
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(await states()).toEqual(['scheduled']);
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(smtp.mails).toHaveLength(0); // not before `notBefore`
  await database.server.models.outbox.update({ notBefore: 0 }, { where: {} });
  smtp.answer = () => null;
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(await states()).toEqual(['sent']);
  await queue(2);
  smtp.answer = () => ({ code: 550, text: 'no such mailbox' });
  await deliverDue(database.server, { transport, render: renderEmail });
  expect((await states()).sort()).toEqual(['failed', 'sent']);
});

test('without a mail server the e-mail stays scheduled', async () => {
  await smtp.close();
  await queue(1);
  await deliverDue(database.server, { transport, render: renderEmail });
  expect(await states()).toEqual(['scheduled']);
});

test('names are escaped in the HTML of an e-mail', async () => {
  await queue(1);
  await deliverDue(database.server, { transport, render: renderEmail });
  const html = smtp.mails[0]?.raw.split('text/html')[1] ?? '';
  expect(html).toContain('&lt;i&gt;x&lt;/i&gt;');
  expect(html).not.toContain('<i>x</i>');
});
