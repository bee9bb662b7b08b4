import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { procedures } from '#shared/procedures.ts';
import { deliverDue } from '../email/deliver.ts';
import { openTransport } from '../email/transport.ts';
import { makeInvoices } from '../invoices/make-invoices.ts';
import { renderEmail } from '../render-email.ts';
import { firstSettings } from '../settings/settings.ts';
import { callerOf } from './account-caller.ts';
import { startSmtp } from './smtp.ts';
import {
  createOrder,
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from './test-server.ts';

/* Faults of the original product that no other test covers by name. */

let database: TestDatabase;
let app: TestApp;
let lucia: SignedIn;
let ana: SignedIn;
let marc: Documents['people'];

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'ana', 'helpdesk');
  marc = await createPerson(server, 'marc', 'helpdesk', { available: false });
  app = await startApp(server);
  lucia = await signIn(app.url, 'lucia');
  ana = await signIn(app.url, 'ana');
});
afterAll(async () => {
  await app.stop();
  await database.close();
});

const recipients = async (kind: string) => {
  const rows = await database.server.models.outbox.findAll({ where: { kind }, raw: true });
  return (rows as unknown as { recipient: string }[]).map(({ recipient }) => recipient).sort();
};

async function openedTicket() {
  const next = {
    id: database.server.newId(),
    client: lucia.me.id,
    order: null,
    queue: 'technical',
    subject: 'Mail is slow',
    status: 'open',
  };
  await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
  const { documents } = (await ana.api.sync.pull.query({
    collection: 'tickets',
    epoch: 0,
    since: 0,
    limit: 100,
  })) as { documents: (Record<string, unknown> & { id: string })[] };
  const ticket = documents.find(({ id }) => id === next.id);
  if (!ticket) throw new Error('the ticket did not arrive');
  return ticket;
}

test('only accountants and admins can start a billing run (the original had an endpoint without access check)', () => {
  // The pattern also matches invoices.removeDraft, although removing a draft bills nobody.
  const about = Object.entries(procedures).filter(([path]) => /bill|invoic|charge|run/i.test(path));
  expect(Object.fromEntries(about)).toEqual({
    'invoices.removeDraft': ['accountant', 'admin'],
    'billing.nextRun': ['accountant', 'admin'],
    'billing.release': ['accountant', 'admin'],
    'billing.setAnchor': ['admin'],
    'billing.adjustments': ['accountant', 'admin'],
    'billing.addAdjustment': ['accountant', 'admin'],
    'billing.removeAdjustment': ['accountant', 'admin'],
    'billing.runs': ['accountant', 'admin'],
    'billing.runNow': ['accountant', 'admin'],
    'billing.verifactu': ['accountant', 'admin'],
    'billing.resendRecord': ['accountant', 'admin'],
  });
});

test('an e-mail that cannot be delivered at registration is sent later (the original sent it inside the request and ignored failures)', async () => {
  const smtp = await startSmtp();
  const { port } = new URL(smtp.url);
  await smtp.close();
  const config = { ...database.server.config, smtpUrl: `smtp://127.0.0.1:${port}` };
  const server = { ...database.server, config };
  const transport = openTransport(config, Date.now);
  const form = { username: 'nora', email: 'nora@mail.example', language: 'en' };
  expect((await callerOf(app.url).post('account.register', form)).status).toBe(200);
  await deliverDue(server, { transport, render: renderEmail });
  const row = await server.models.outbox.findOne({ where: { recipient: 'nora@mail.example' }, raw: true });
  expect(row).toMatchObject({ state: 'scheduled' });
  expect((row as unknown as { lastError: string }).lastError).toContain('ECONNREFUSED');
  transport.close();

  const back = await startSmtp();
  const again = openTransport({ ...config, smtpUrl: back.url }, Date.now);
  await server.models.outbox.update({ notBefore: 0 }, { where: {} });
  while ((await deliverDue(server, { transport: again, render: renderEmail })) > 0);
  expect(back.mails.filter(({ to }) => to === 'nora@mail.example')).toHaveLength(1);
  again.close();
  await back.close();
});

test('editing a closed ticket does not reopen it (in the original it did)', async () => {
  const ticket = await openedTicket();
  const closed = (await pushTo(ana.api, 'tickets', [{ base: ticket, next: { ...ticket, status: 'closed' } }]))
    .documents[0];
  const { documents } = await pushTo(ana.api, 'tickets', [
    { base: closed ?? null, next: { ...closed, priority: 'high', closingComment: 'Done.' } },
  ]);
  expect(documents[0]).toMatchObject({ status: 'closed', priority: 'high', closingComment: 'Done.' });
});

test('the new assignee of a ticket gets an e-mail (in the original nobody did)', async () => {
  const ticket = await openedTicket();
  await pushTo(ana.api, 'tickets', [{ base: ticket, next: { ...ticket, assignee: marc.id } }]);
  expect(await recipients('ticket-assigned')).toEqual([marc.email]);
});

test('an invoice is mailed to its client and to accounting, and a client without orders gets none (the original left out accounting and mailed 0 € invoices)', async () => {
  const { server } = database;
  const payer = await createPerson(server, 'payer', 'client');
  await createPerson(server, 'orderless', 'client');
  await createOrder(server, payer.id, { since: '2026-01-01', amount: 500 });
  await makeInvoices(server);
  expect(new Set(await recipients('invoice-issued'))).toEqual(
    new Set([firstSettings.accountingList, payer.email]),
  );
});

test('a client without a billing identity, and accounting, get one e-mail a day about it', async () => {
  const { server } = database;
  const { id, email } = await createPerson(server, 'nameless', 'client', { identity: null });
  await createOrder(server, id, { since: '2026-01-01', amount: 500 });
  await makeInvoices(server);
  await makeInvoices(server);
  expect(await recipients('identity-missing')).toEqual([firstSettings.accountingList, email].sort());
});

test('an order that would be charged too often is held, and the admins get one e-mail a day about it', async () => {
  const { server } = database;
  const admin = await createPerson(server, 'chief', 'admin');
  const { id } = await createPerson(server, 'forgotten', 'client');
  await createOrder(server, id, { since: '2020-01-01', amount: 500 });
  await makeInvoices(server);
  await makeInvoices(server);
  expect(await recipients('billing-held')).toEqual([admin.email]);
});
