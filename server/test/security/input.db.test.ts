import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { drawInvoices } from '../../invoices/pdf/draw-invoices.ts';
import { makeInvoices } from '../../invoices/make-invoices.ts';
import { readStoredFile } from '../../files/stored-files.ts';
import { callerOf, codeIn, delivered, signInWith, type Caller } from '../account-caller.ts';
import { pdfText } from '../pdf-text.ts';
import {
  createOrder,
  createPerson,
  madrid,
  openTestDatabase,
  password,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  system,
} from '../test-server.ts';
import type { SignedIn, TestApp, TestDatabase } from '../test-server.ts';
import { type Server, transact } from '../../context.ts';
import { cannedReplies } from '#shared/tickets/canned-reply-schema.ts';

/* Input handling (OWASP ASVS 5.0, chapters 1, 2, 5, 15). Each test fails without its defence. */

let database: TestDatabase;
let server: Server;
let app: TestApp;
let admin: Caller;
let lucia: SignedIn;

beforeAll(async () => {
  database = await openTestDatabase();
  server = database.server;
  await createPerson(server, 'arturo', 'admin');
  await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'ana', 'helpdesk');
  app = await startApp(server);
  admin = await signInWith(app.url, 'arturo');
  lucia = await signIn(app.url, 'lucia');
});
afterEach(() => server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await app.stop();
  await database.close();
});

const ticket = (over: object = {}) => ({
  id: server.newId(),
  client: lucia.me.id,
  order: null,
  queue: 'technical',
  subject: 'x',
  status: 'open',
  ...over,
});
const nasty = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    "' OR 1=1 -- ",
    '"; DROP TABLE people; --',
    "\\' UNION SELECT password_hash FROM credentials #",
    '%_\\',
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '{{7*7}}${7*7}',
    '__proto__',
    '\u0000\u202e\ud800',
    '${jndi:ldap://x}',
  ),
);

test('ASVS 1.2.4 injection strings in text inputs cause no server error and change nothing', async () => {
  const before = await server.models.people.count();
  const inputs: ((text: string) => Promise<Response>)[] = [
    (text) => callerOf(app.url).post('account.signIn', { login: text, password: text }),
    (text) => callerOf(app.url).post('account.requestReset', { email: text }),
    (text) => callerOf(app.url).post('account.verify', { token: text, password: text, username: text }),
    (text) =>
      admin.get('audit.list', { collection: text, actor: null, text, from: null, to: null, before: null }),
    (text) => admin.get('outbox.list', { state: null, text, before: null }),
    (text) =>
      admin.post('people.edit', { id: text, username: text, displayName: text, email: text, language: text }),
    (text) => admin.post('settings.publish', { name: text, language: 'en', body: text }),
  ];
  await fc.assert(
    fc.asyncProperty(nasty, fc.integer({ min: 0, max: inputs.length - 1 }), async (text, which) => {
      const answer = await inputs[which]?.(text);
      expect([200, 400, 403, 404, 409, 429]).toContain(answer?.status);
    }),
    { numRuns: 150 },
  );
  expect(await server.models.people.count()).toBe(before);
}, 60_000);

test('ASVS 2.2.1 a pushed text is stored exactly as written, or refused with the name of its field', async () => {
  await fc.assert(
    fc.asyncProperty(nasty, async (subject) => {
      const next = ticket({ subject });
      const { documents, refusals } = await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
      // A line of text has no control characters and is not blank.
      const isLine = subject.trim() !== '' && !/\p{Cc}/u.test(subject);
      expect(refusals.length === 0).toBe(isLine && subject.length <= 150);
      if (refusals.length > 0) expect(refusals[0]).toMatchObject({ code: 'invalid', field: 'subject' });
      else expect(documents[0]?.['subject']).toBe(subject);
    }),
    { numRuns: 60 },
  );
}, 60_000);

test('ASVS 2.2.2 the server computes the price of an order and refuses another one (the original took the client’s price)', async () => {
  const vps = await server.models.services.findOne({ where: { slug: 'vps' }, raw: true });
  const options = [
    { key: 'vcpu', quantity: 4_000 },
    { key: 'ram', quantity: 8_000 },
    { key: 'ssd', quantity: 30_000 },
  ];
  const order = (amount: number) => ({
    id: server.newId(),
    service: (vps as unknown as { id: string }).id,
    client: lucia.me.id,
    instanceName: `vps ${amount}`,
    options,
    billingPeriod: 'month',
    status: 'setting up',
    comments: '',
    prices: [{ from: '2026-01-01', amount }],
  });
  const cheap = await pushTo(lucia.api, 'orders', [{ base: null, next: order(1) }]);
  expect(cheap.refusals[0]).toMatchObject({ code: 'price-changed', field: 'prices', detail: '950' });
  const right = await pushTo(lucia.api, 'orders', [{ base: null, next: order(950) }]);
  expect(right.documents[0]).toMatchObject({ status: 'setting up', prices: [{ amount: 950 }] });
});

test('ASVS 2.2.3 related values are checked together: an IBAN with its check digits, a zero tax rate with its reason', async () => {
  const read = (await (await admin.get('settings.read')).json()) as {
    result: { data: { settings: object; version: number } };
  };
  const { settings, version } = read.result.data;
  const save = (over: object) => admin.post('settings.save', { settings: { ...settings, ...over }, version });
  const wrongDigits = 'ES9121000418450200051333';
  const wrongLength = 'ES982100041845020005133'; // its check digits are right
  for (const iban of [wrongDigits, wrongLength]) {
    const bad = await save({ iban });
    expect(await bad.json()).toMatchObject({ error: { data: { errorCode: 'invalid', field: 'iban' } } });
  }
  expect(await codeIn(await save({ standardRate: { percent: 0, category: 'E', reason: null } }))).toBe(
    'invalid',
  );
  expect(await codeIn(await save({ timeZone: 'Mars/Olympus' }))).toBe('invalid');
  expect((await save({ iban: 'ES9121000418450200051332' })).status).toBe(200);
});

test('ASVS 2.3.2 a client cannot set any date as the end of an order, only the end of its period', async () => {
  const order = await createOrder(server, lucia.me.id, { since: '2026-01-31', amount: 500 });
  const mine = (await pullFrom(lucia.api, 'orders')).documents.find(({ id }) => id === order.id);
  const { refusals } = await pushTo(lucia.api, 'orders', [
    { base: mine ?? null, next: { ...mine, cancelsOn: '2099-01-01' } },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'invalid', field: 'cancelsOn' });
});

test('ASVS 2.3.3 a write that fails half-way leaves nothing behind', async () => {
  const id = server.newId();
  const broken = transact(server, system(server), async (tx) => {
    await tx.create(cannedReplies, { id, title: 'x', body: 'x', queue: 'technical', retired: false });
    await server.models.cannedReplies.count({ transaction: tx.transaction }); // sends what was written
    throw new Error('half-way');
  });
  await expect(broken).rejects.toThrow('half-way');
  expect(await server.models.cannedReplies.count({ where: { id } })).toBe(0);
  expect(await server.models.audit.count({ where: { document: id } })).toBe(0);
});

test('ASVS 1.2.1 names and texts are escaped in HTML e-mails (the original executed HTML in names)', async () => {
  await pushTo(lucia.api, 'tickets', [
    { base: null, next: ticket({ subject: '<img src=x onerror=alert(1)>' }) },
  ]);
  await server.models.outbox.update({ notBefore: 0 }, { where: {} });
  const mail = (await delivered(server)).find(({ subject }) => subject.includes('<img'));
  expect(mail?.html).toContain('&lt;img src=x');
  expect(mail?.html).not.toContain('<img src=x');
});

test('ASVS 1.2.1 HTML in a client’s name appears as plain text in the PDF of their invoice', async () => {
  const legalName = '<script>alert(1)</script> & Sons';
  const { id } = await createPerson(server, 'htmlname', 'client', { identity: { ...madrid, legalName } });
  await createOrder(server, id, { since: '2026-01-01', amount: 500, instanceName: '<b>bold</b>' });
  await makeInvoices(server);
  await drawInvoices(server);
  const row = await server.models.invoices.findOne({ where: { client: id }, raw: true });
  const file = await readStoredFile(server, (row as unknown as { pdfHash: string }).pdfHash);
  const text = await pdfText(file?.bytes ?? Buffer.alloc(0));
  expect(text).toContain(legalName);
  expect(text).toContain('<b>bold</b>');
});

test('ASVS 1.3.11 a line break in a text cannot start another header of an e-mail', async () => {
  const { refusals } = await pushTo(lucia.api, 'tickets', [
    { base: null, next: ticket({ subject: 'x\r\nBcc: all@evil.example' }) },
  ]);
  expect(refusals[0]).toMatchObject({ code: 'invalid', field: 'subject' });
  const { compose } = await import('../../email/compose.ts');
  const names = { provider: 'X', contact: 'x', appUrl: 'x' };
  const frame = { language: 'en', timeZone: 'UTC', logo: false, ...names } as const;
  expect(compose(frame, { subject: 'a\r\nBcc: b\u2028c', paragraphs: [] }).subject).toBe('a Bcc: b c');
});

test('ASVS 1.4.2 numbers outside their range are refused', async () => {
  for (const limit of [0, -1, 2_001, 1e21, 1.5]) {
    const answer = await admin.get('sync.pull', { collection: 'people', epoch: 0, since: 0, limit });
    expect(answer.status, String(limit)).toBe(400);
  }
});

test('ASVS 5.2.1 a body over the limit is refused, with and without a Content-Length', async () => {
  const body = JSON.stringify({ rows: 'x'.repeat(1_100_000) });
  const headers = { 'content-type': 'application/json', cookie: lucia.cookieNow() };
  const withLength = await fetch(`${app.url}/api/trpc/sync.push`, { method: 'POST', headers, body });
  expect(withLength.status).toBe(413);
  const stream = new Blob([body]).stream();
  const withoutLength = await fetch(`${app.url}/api/trpc/sync.push`, {
    method: 'POST',
    headers,
    body: stream,
    duplex: 'half',
  } as RequestInit);
  expect(withoutLength.status).toBe(413);
});

test('ASVS 15.3.5 a list or an object instead of a text is refused, not converted', async () => {
  for (const login of [['lucia'], { $gt: '' }, 1, null]) {
    expect((await callerOf(app.url).post('account.signIn', { login, password })).status).toBe(400);
  }
  const { refusals } = await pushTo(lucia.api, 'tickets', [{ base: null, next: ticket({ subject: ['a'] }) }]);
  expect(refusals[0]).toMatchObject({ code: 'invalid', field: 'subject' });
});

test('ASVS 15.3.6 built-in JavaScript property names are not accepted as fields or collections', async () => {
  const next = JSON.parse(
    `{"id":"${server.newId()}","__proto__":{"role":"admin"},"constructor":1}`,
  ) as Record<string, unknown>;
  const { refusals } = await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
  expect(refusals[0]).toMatchObject({ code: 'unknown-field' });
  expect(({} as { role?: string }).role).toBeUndefined();
  expect(
    (await admin.get('sync.pull', { collection: 'constructor', epoch: 0, since: 0, limit: 1 })).status,
  ).toBe(400);
});
