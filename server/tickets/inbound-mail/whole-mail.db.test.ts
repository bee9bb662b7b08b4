import { once } from 'node:events';
import { request } from 'node:http';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { messages } from '#shared/tickets/message-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';
import { findDocument, findDocuments } from '#sync/server/row.ts';
import { failed, passed, trustMailServer } from '../../test/trusted-mail-server.ts';
import {
  createPerson,
  openTestDatabase,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../../test/test-server.ts';
import { openMailReader, type MailReader } from './read-mail.ts';
import { receiveMail } from './receive-mail.ts';
import { replyAddress } from './reply-token.ts';

/* Nothing of a received e-mail is lost, and nobody writes in the name of another person by a forged sender. */

let database: TestDatabase;
let app: TestApp;
let reader: MailReader;
let lucia: SignedIn;
let tom: SignedIn;
let ana: SignedIn;
beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  await createPerson(server, 'lucia', 'client');
  await createPerson(server, 'tom', 'client');
  await createPerson(server, 'ana', 'helpdesk');
  await trustMailServer(server);
  app = await startApp(server);
  reader = openMailReader();
  lucia = await signIn(app.url, 'lucia');
  tom = await signIn(app.url, 'tom');
  ana = await signIn(app.url, 'ana');
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  await reader.close();
  await app.stop();
  await database.close();
});

async function openTicket(person = lucia): Promise<string> {
  const id = database.server.newId();
  const next = { id, client: person.me.id, queue: 'technical', subject: 'Slow', status: 'open' };
  await pushTo(person.api, 'tickets', [{ base: null, next }]);
  return id;
}
const addressOf = (person: SignedIn, ticket: string) =>
  replyAddress(database.server, { domain: 'in.test.example', person: person.me.id, ticket });
const bodiesIn = async (ticket: string) =>
  (await findDocuments(database.server, messages, { where: { ticket, kind: 'answer' }, order: ['id'] })).map(
    ({ body }) => body,
  );
const lastIn = async (ticket: string) =>
  (await findDocuments(database.server, messages, { where: { ticket }, order: ['id'] })).at(-1);

type Mail = { from?: string; to: string[]; headers?: Record<string, string>; body: string };
function receive({ from = 'lucia@test.example', to, headers = {}, body }: Mail) {
  const all = { From: from, To: to.join(', '), Subject: 'Re: Slow', ...headers };
  const head = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  const raw = Buffer.from([...head, '', body].join('\r\n'));
  return receiveMail(database.server, reader, { raw, envelope: { from, to } });
}

test('the same words without a Message-ID reach two tickets, and each of them once', async () => {
  const [one, two] = [await openTicket(), await openTicket()];
  for (const ticket of [one, two, one])
    await receive({ to: [await addressOf(lucia, ticket)], body: 'Yes, please' });
  expect(await bodiesIn(two)).toEqual(['Yes, please']);
  const again = { to: [await addressOf(lucia, one)], headers: { Date: 'Tue, 24 Nov 2026 10:00:00 +0100' } };
  await receive({ ...again, body: 'Yes' });
  await receive({ ...again, body: 'Yes' });
  await receive({ ...again, headers: { Date: 'Wed, 25 Nov 2026 10:00:00 +0100' }, body: 'Yes' });
  expect((await bodiesIn(one)).filter((body) => body === 'Yes')).toHaveLength(2);
});

test('one e-mail to two reply addresses is a message in both tickets', async () => {
  const [one, two] = [await openTicket(), await openTicket()];
  const to = [await addressOf(lucia, one), await addressOf(lucia, two)];
  const outcomes = await receive({ to, body: 'About both' });
  expect(outcomes.map(({ ticket }) => ticket).sort()).toEqual([one, two].sort());
  expect([await bodiesIn(one), await bodiesIn(two)]).toEqual([['About both'], ['About both']]);
});

const table = ['--b', 'Content-Type: text/html', '', '<p>My <b>words</b></p><script>alert(1)</script>'];
const file = [
  '--b',
  'Content-Type: application/zip; name="all.zip"',
  'Content-Disposition: attachment',
  'Content-Transfer-Encoding: base64',
  '',
  Buffer.from('PK\x03\x04\0\0').toString('base64'),
];

test('the whole e-mail of a message can be opened by those who see the message: text, HTML, every part and the source', async () => {
  const ticket = await openTicket();
  const headers = { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary="b"' };
  await receive({
    to: [await addressOf(lucia, ticket)],
    headers,
    body: [...table, ...file, '--b--', ''].join('\r\n'),
  });
  const message = await lastIn(ticket);
  expect(message).toMatchObject({ body: 'My words', email: { otherParts: 1, isVerified: true } });
  for (const person of [lucia, ana]) {
    const mail = await person.api.mail.original.query({ message: message?.id ?? '' });
    expect(mail).toMatchObject({ text: 'My words', isReadable: true, isCut: false });
    expect(mail.html).toContain('<b>words</b>');
    expect(mail.parts).toMatchObject([{ fileName: 'all.zip', bytes: 6 }]);
    const get = (part: string) =>
      fetch(`${app.url}/mail/${mail.id}/${part}`, { headers: { cookie: person.cookieNow() } });
    const part = await get('0');
    expect((await part.text()).slice(0, 2)).toBe('PK');
    expect(part.headers.get('content-type')).toBe('application/octet-stream');
    expect(await (await get('raw')).text()).toContain('<script>alert(1)</script>');
    expect((await get('7')).status).toBe(404);
    expect((await get('x')).status).toBe(404);
  }
  await expect(tom.api.mail.original.query({ message: message?.id ?? '' })).rejects.toThrow('not-found');
});

test('whoever does not read the parts that they download keeps nobody from opening an e-mail', async () => {
  const ticket = await openTicket();
  const headers = { 'MIME-Version': '1.0', 'Content-Type': 'multipart/mixed; boundary="b"' };
  const large = [...file.slice(0, -1), Buffer.alloc(12_000_000, 'PK').toString('base64')];
  await receive({
    to: [await addressOf(lucia, ticket)],
    headers,
    body: [...table, ...large, '--b--', ''].join('\r\n'),
  });
  const message = await lastIn(ticket);
  const open = () => ana.api.mail.original.query({ message: message?.id ?? '' });
  const { id } = await open();
  const { cookieNow } = await signIn(app.url, 'lucia'); // so that this session's limit does not slow the next tests
  const unread = Array.from({ length: 4 }, () => {
    const asked = request(`${app.url}/mail/${id}/0`, { headers: { cookie: cookieNow() } });
    asked.end();
    return asked;
  });
  const responses = await Promise.all(unread.map((asked) => once(asked, 'response')));
  expect(responses).toHaveLength(4);
  expect((await open()).parts).toMatchObject([{ bytes: 12_000_000 }]);
  for (const asked of unread) asked.destroy();
});

test('a text that is too long for a message says how much is cut, and all of it can be opened', async () => {
  const ticket = await openTicket();
  const body = `${'word '.repeat(6_000)}THE END`;
  await receive({ to: [await addressOf(lucia, ticket)], body });
  const message = await lastIn(ticket);
  expect(message?.email?.cut).toBe(body.length - 20_000);
  expect((await lucia.api.mail.original.query({ message: message?.id ?? '' })).text).toContain('THE END');
});

test('what the parser does not manage is stored as it came, and staff sees it', async () => {
  const raw = Buffer.from(`X: ${'a'.repeat(1_200_000)}\r\nSubject: Big\r\n\r\nMy words`);
  const [outcome] = await receiveMail(database.server, reader, {
    raw,
    envelope: { from: 'lucia@test.example', to: ['helpdesk@arf20.com'] },
  });
  expect(outcome).toMatchObject({ state: 'unmatched', why: 'unreadable' });
  const { mails } = await ana.api.mail.list.query({ state: 'unmatched', before: null });
  const [mail] = mails;
  const source = await fetch(`${app.url}/mail/${mail?.id ?? ''}/raw`, {
    headers: { cookie: ana.cookieNow() },
  });
  expect(Buffer.from(await source.arrayBuffer()).equals(raw)).toBe(true);
});

test('a forged sender opens no ticket; one that nobody has checked is marked as unverified', async () => {
  const isVerified = async (headers: Record<string, string>) => {
    const [outcome] = await receive({ to: ['helpdesk@arf20.com'], headers, body: `Help ${Math.random()}` });
    if (outcome?.state !== 'placed') return outcome?.why;
    return (await lastIn(outcome.ticket ?? ''))?.email?.isVerified;
  };
  expect(await isVerified({ 'Authentication-Results': failed('test.example') })).toBe('forged');
  expect(await isVerified({ 'Authentication-Results': passed('test.example') })).toBe(true);
  expect(await isVerified({ 'Authentication-Results': passed('evil.example') })).toBe(false);
  expect(await isVerified({})).toBe(false);
});

test('ASVS 8.3.1 a leaked reply address of staff and a forged sender are not enough to answer as staff', async () => {
  const ticket = await openTicket();
  const answer = {
    from: 'ana@test.example',
    to: [await addressOf(ana, ticket)],
    body: 'Send me your password',
  };
  expect(await receive(answer)).toMatchObject([{ state: 'unmatched', why: 'staff-unverified' }]);
  expect(await bodiesIn(ticket)).toEqual([]);
  const headers = { 'Authentication-Results': passed('test.example') };
  expect(await receive({ ...answer, headers, body: 'We look into it' })).toMatchObject([{ state: 'placed' }]);
  expect(await bodiesIn(ticket)).toEqual(['We look into it']);
});

test('a reply address ends with its ticket, and staff can renew the addresses of a ticket', async () => {
  const { server } = database;
  const ticket = await openTicket();
  const address = await addressOf(lucia, ticket);
  const answer = (body: string) => receive({ to: [address], body });
  await server.models.tickets.update(
    { status: 'closed', closedAt: Date.now() - 61 * 86_400_000, closedBy: ana.me.id },
    { where: { id: ticket } },
  );
  expect(await answer('Late')).toMatchObject([{ state: 'unmatched', why: 'expired-token' }]);
  await server.models.tickets.update({ status: 'open', closedAt: null }, { where: { id: ticket } });
  expect(await answer('In time')).toMatchObject([{ state: 'placed' }]);
  await expect(lucia.api.mail.renewAddresses.mutate({ id: ticket })).rejects.toThrow();
  await ana.api.mail.renewAddresses.mutate({ id: ticket });
  expect(await answer('Leaked')).toMatchObject([{ state: 'unmatched', why: 'token' }]);
  expect(await findDocument(server, tickets, { where: { id: ticket } })).toMatchObject({ status: 'open' });
});

test('addresses are compared in one form: & in the local part, capitals, and domains in Unicode or ASCII', async () => {
  const { server } = database;
  await server.models.people.update(
    { email: 'smith&sons@xn--mnchen-3ya.example' },
    { where: { username: 'tom' } },
  );
  for (const from of ['Smith&Sons@münchen.example', 'smith&sons@xn--mnchen-3ya.example']) {
    const outcome = await receive({ from, to: ['helpdesk@arf20.com'], body: `From ${from}` });
    expect(outcome, from).toMatchObject([{ state: 'placed', why: 'new' }]);
  }
  await server.models.people.update({ email: 'tom@test.example' }, { where: { username: 'tom' } });
});

test('what is set aside as automatic is counted where staff looks', async () => {
  const before = await ana.api.mail.list.query({ state: 'unmatched', before: null });
  await receive({
    to: ['helpdesk@arf20.com'],
    headers: { 'Auto-Submitted': 'auto-replied' },
    body: 'I am away',
  });
  const after = await ana.api.mail.list.query({ state: 'unmatched', before: null });
  expect(after.dropped).toBe(before.dropped + 1);
});
