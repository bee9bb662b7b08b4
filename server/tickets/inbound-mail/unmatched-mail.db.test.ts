import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDocument, findDocuments, findIds } from '#sync/server/row.ts';
import { storeAttachment } from '../../files/stored-files.ts';
import { callerOf, codeIn } from '../../test/account-caller.ts';
import { startSmtp, type TestSmtp } from '../../test/smtp.ts';
import {
  createPerson,
  openTestDatabase,
  password as right,
  pullFrom,
  pushTo,
  signIn,
  startApp,
  type SignedIn,
  type TestApp,
  type TestDatabase,
} from '../../test/test-server.ts';
import { deliverDue } from '../../email/deliver.ts';
import { passed, trustMailServer } from '../../test/trusted-mail-server.ts';
import { openTransport } from '../../email/transport.ts';
import { renderEmail } from '../../render-email.ts';
import { listenForMail } from './listen.ts';
import { transact } from '../../context.ts';
import { files } from '#shared/files/schema.ts';
import { people } from '#shared/people/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

/* Conversations by e-mail, and what staff does with e-mails that match no ticket. */

let smtp: TestSmtp;
let database: TestDatabase;
let app: TestApp;
let listener: Awaited<ReturnType<typeof listenForMail>>;
let ana: SignedIn;
let ines: SignedIn;
let arturo: SignedIn;
let lucia: SignedIn;

beforeAll(async () => {
  smtp = await startSmtp();
  const mailIn = { protocol: 'smtp', host: '127.0.0.1', port: 0, domain: 'in.test.example' } as const;
  database = await openTestDatabase({ smtpUrl: smtp.url, mailIn });
  const { server } = database;
  for (const [name, role] of [
    ['lucia', 'client'],
    ['ana', 'helpdesk'],
    ['ines', 'accountant'],
    ['arturo', 'admin'],
  ] as const)
    await createPerson(server, name, role);
  await trustMailServer(server);
  app = await startApp(server);
  listener = await listenForMail(server, mailIn);
  [ana, ines, arturo, lucia] = (await Promise.all(
    ['ana', 'ines', 'arturo', 'lucia'].map((name) => signIn(app.url, name)),
  )) as [SignedIn, SignedIn, SignedIn, SignedIn];
});
afterAll(async () => {
  await listener.close();
  await app.stop();
  await database.close();
  await smtp.close();
});

type Attachment = { filename: string; content: string | Buffer };
async function send(
  from: string,
  to: string,
  { subject = 'Hello', text = 'Hi', attachments = [] as Attachment[], headers = {} } = {},
): Promise<void> {
  const { port } = listener;
  const mailer = nodemailer.createTransport({ host: '127.0.0.1', port, secure: false, ignoreTLS: true });
  await mailer.sendMail({ from, to, subject, text, attachments, headers });
  mailer.close();
}
async function deliverAll(): Promise<void> {
  await database.server.models.outbox.update({ notBefore: 0 }, { where: { state: 'scheduled' } });
  const transport = openTransport(database.server.config, Date.now);
  while ((await deliverDue(database.server, { transport, render: renderEmail })) > 0);
  transport.close();
}
const replyToOf = (raw: string) => /^Reply-To: (\S+)/im.exec(raw)?.[1] ?? null;
const mailTo = (address: string) => smtp.mails.filter(({ to }) => to.includes(address));
const messagesOf = (ticket: string) =>
  findDocuments(database.server, messages, { where: { ticket, kind: 'answer' }, order: ['id'] });
const unmatched = async (person = ana) => {
  const answer = await person.api.mail.list.query({ state: 'unmatched', before: null });
  return answer.mails;
};

test('client and helpdesk answer each other by e-mail in one ticket', async () => {
  const id = database.server.newId();
  const next = { id, client: lucia.me.id, order: null, queue: 'technical', subject: 'Slow', status: 'open' };
  await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
  const message = { id: database.server.newId(), ticket: id, kind: 'answer', body: 'Since noon' };
  await pushTo(lucia.api, 'messages', [{ base: null, next: message }]);
  await deliverAll();
  const toAna = mailTo('ana@test.example').at(-1)?.raw ?? '';
  expect(toAna).toContain('Auto-Submitted: auto-generated');
  expect(toAna).toMatch(new RegExp(`References: <ticket-${id}@`));
  const headers = { 'Authentication-Results': passed('test.example') };
  await send('ana@test.example', replyToOf(toAna) ?? '', { text: 'Which site?', headers });
  await deliverAll();
  const toLucia = mailTo('lucia@test.example').at(-1)?.raw ?? '';
  expect(toLucia).toContain('Reply to this e-mail or answer in the app');
  await send('lucia@test.example', replyToOf(toLucia) ?? '', { text: 'The shop' });
  const conversation = await messagesOf(id);
  expect(conversation.map(({ side, body }) => `${side}: ${body}`)).toEqual([
    'client: Since noon',
    'staff: Which site?',
    'client: The shop',
  ]);
  // An e-mail to a list is not part of a conversation and has no reply address.
  expect(replyToOf(mailTo('helpdesk@arf20.com').at(-1)?.raw ?? '')).toBeNull();
});

test('staff adds an unmatched e-mail to a ticket once, as a message of its sender', async () => {
  await send('Boss <boss@elsewhere.example>', 'helpdesk@arf20.com', {
    subject: 'About Slow',
    text: 'It is urgent',
  });
  const [mail] = await unmatched();
  expect(mail).toMatchObject({
    sender: 'boss@elsewhere.example',
    why: 'unknown-sender',
    body: 'It is urgent',
  });
  const [ticket = ''] = await findIds(database.server, tickets, { where: { subject: 'Slow' } });
  const tries = await Promise.allSettled(
    [ana, arturo].map((person) => person.api.mail.attach.mutate({ id: mail?.id ?? '', ticket })),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const last = (await messagesOf(ticket)).at(-1);
  expect(last).toMatchObject({ author: null, authorName: 'Boss <boss@elsewhere.example>', side: 'client' });
  expect(await unmatched()).toEqual([]);
  // Redacting the message also removes the content of the stored e-mail.
  const { documents } = await pullFrom(arturo.api, 'messages');
  const base = documents.find((each) => each.id === last?.id);
  await pushTo(arturo.api, 'messages', [
    { base: base ?? null, next: { ...base, redacted: true, writtenAt: Date.now() } },
  ]);
  const kept = await database.server.models.incoming.findOne({ where: { message: last?.id }, raw: true });
  expect(kept).toMatchObject({ body: '' });
  expect(await database.server.models.mailChunks.count({ where: { mail: mail?.id } })).toBe(0);
});

test('an unproven e-mail from a staff address becomes a note that the client does not see', async () => {
  const attachments = [{ filename: 'inside.txt', content: 'Serial numbers' }];
  await send('ana@test.example', 'helpdesk@arf20.com', {
    subject: 'Re: Slow',
    text: 'It was the disk',
    attachments,
  });
  const [mail] = await unmatched(arturo);
  expect(mail).toMatchObject({ sender: 'ana@test.example' });
  const before = await findDocument(database.server, tickets, { where: { subject: 'Slow' } });
  if (!before) throw new Error('the ticket is gone');
  await arturo.api.mail.attach.mutate({ id: mail?.id ?? '', ticket: before.id });
  const notes = await findDocuments(database.server, messages, {
    where: { ticket: before.id, kind: 'note' },
  });
  expect(notes).toMatchObject([{ side: 'staff', author: null, body: 'It was the disk' }]);
  const after = await findDocument(database.server, tickets, { where: { id: before.id } });
  expect(after?.waitingFor).toBe(before.waitingFor);
  // Its files are visible to the same people as the note.
  const files = async (person: SignedIn) =>
    (await pullFrom(person.api, 'files')).documents.map((each) => each['fileName']);
  expect(await files(arturo)).toContain('inside.txt');
  expect(await files(lucia)).not.toContain('inside.txt');
});

test('a large e-mail is kept whole, with all of its files', async () => {
  const content = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(3_500_000, 1)]);
  const attachments = ['a.jpg', 'b.jpg', 'c.jpg'].map((filename) => ({ filename, content }));
  const to = 'helpdesk@arf20.com';
  await send('huge@elsewhere.example', to, { subject: 'Photos', text: 'See', attachments });
  const mail = (await unmatched()).find(({ sender }) => sender === 'huge@elsewhere.example');
  const { ticket } = await ana.api.mail.open.mutate({ id: mail?.id ?? '', queue: 'technical' });
  const kept = await findDocuments(database.server, files, { where: { ticket }, order: ['id'] });
  expect(kept.map(({ fileName }) => fileName)).toEqual(['a.jpg', 'b.jpg', 'c.jpg']);
  const [message] = await messagesOf(ticket);
  expect(message).toMatchObject({
    body: 'See',
    email: { isVerified: false, cut: 0, folded: 0, otherParts: 0 },
  });
});

test('e-mails from a disabled outside person no longer open tickets', async () => {
  await send('pest@outside.example', 'helpdesk@arf20.com', { subject: 'Buy', text: 'Now' });
  const mail = (await unmatched()).find(({ sender }) => sender === 'pest@outside.example');
  await ana.api.mail.open.mutate({ id: mail?.id ?? '', queue: 'technical' });
  const pest = async () => {
    const person = await findDocument(database.server, people, { where: { email: 'pest@outside.example' } });
    if (!person) throw new Error('nobody writes from there');
    return person;
  };
  const { id } = await pest();
  const proof = { password: right };
  await arturo.api.people.setStatus.mutate({ id, status: 'disabled', proof });
  await send('pest@outside.example', 'helpdesk@arf20.com', { subject: 'Buy more', text: 'Now' });
  const [more] = await unmatched();
  expect(more).toMatchObject({ subject: 'Buy more', why: 'unknown-sender' });
  await ana.api.mail.dismiss.mutate({ id: more?.id ?? '' });
  await deliverAll();
  expect(mailTo('pest@outside.example')).toEqual([]);
  await arturo.api.people.setStatus.mutate({ id, status: 'verified', proof });
  expect((await pest()).status).toBe('outside');
});

test('an outside person gets a ticket, answers by e-mail, and finds the ticket after registering', async () => {
  await send('Nora <nora@outside.example>', 'helpdesk@arf20.com', {
    subject: 'Prices',
    text: 'What is a VPS?',
  });
  const [mail] = await unmatched();
  const { ticket } = await ana.api.mail.open.mutate({ id: mail?.id ?? '', queue: 'technical' });
  const answer = { id: database.server.newId(), ticket, kind: 'answer', body: 'A machine' };
  await pushTo(ana.api, 'messages', [{ base: null, next: answer }]);
  const writer = { actor: null, device: 'test', writtenAt: Date.now() };
  await transact(database.server, writer, (tx) =>
    storeAttachment(tx, {
      visibility: 'client',
      message: answer.id,
      ticket,
      fileName: 'prices.txt',
      mediaType: 'text/plain',
      bytes: Buffer.from('VPS 7.50'),
    }),
  );
  await deliverAll();
  const email = mailTo('nora@outside.example').at(-1)?.raw ?? '';
  // A person without an account gets no link into the app.
  expect(email).not.toContain('/tickets/');
  expect(email).toContain('Reply to this e-mail.');
  // The files are attached, because the person cannot read them anywhere else.
  expect(email).toContain('and attached prices.txt');
  expect(email).toContain(Buffer.from('VPS 7.50').toString('base64'));
  await send('nora@outside.example', replyToOf(email) ?? '', { text: 'Then one' });
  const bodies = (await messagesOf(ticket)).map(({ body }) => body);
  expect(bodies).toEqual(['What is a VPS?', 'A machine', 'Then one']);
  // Her sender address is known now, so her next e-mail is matched.
  await send('nora@outside.example', 'helpdesk@arf20.com', { subject: 'More', text: 'And storage?' });
  expect(await unmatched()).toEqual([]);

  const guest = callerOf(app.url);
  const registration = { username: 'nora', email: 'nora@outside.example', language: 'en' };
  await guest.post('account.register', registration);
  await deliverAll();
  const link =
    mailTo('nora@outside.example')
      .at(-1)
      ?.raw.replace(/=\r?\n/g, '') ?? '';
  const token = /#(?:3D)?(?:token=(?:3D)?)?([A-Za-z0-9_-]{43})/.exec(link)?.[1] ?? '';
  // Only the owner of the mailbox can set the password, no matter who registered.
  const chosen = 'quite another one 7';
  expect((await guest.post('account.setPassword', { token, password: chosen })).status).toBe(200);
  const nora = await signIn(app.url, 'nora', {}, chosen);
  const query = { collection: 'tickets', epoch: nora.epoch, since: 0, limit: 100 } as const;
  const { documents } = (await nora.api.sync.pull.query(query)) as { documents: { id: string }[] };
  expect(documents.map(({ id }) => id)).toContain(ticket);
});

test('each role sees the unmatched e-mails of its queues; a client sees none', async () => {
  await send('shop@elsewhere.example', 'accounting@arf20.com', { subject: 'Invoice', text: 'Where to pay?' });
  await send('shop@elsewhere.example', 'helpdesk@arf20.com', { subject: 'Box', text: 'Broken' });
  const subjects = async (person: SignedIn) => (await unmatched(person)).map(({ subject }) => subject).sort();
  expect(await subjects(ines)).toEqual(['Invoice']);
  expect(await subjects(ana)).toEqual(['Box']);
  expect(await subjects(arturo)).toEqual(['Box', 'Invoice']);
  await expect(unmatched(lucia)).rejects.toThrow('not-allowed');
  const [invoice] = await unmatched(ines);
  await expect(ana.api.mail.dismiss.mutate({ id: invoice?.id ?? '' })).rejects.toThrow('not-found');
  await ines.api.mail.dismiss.mutate({ id: invoice?.id ?? '' });
  expect(await subjects(ines)).toEqual([]);
});

test('a visitor writes through the contact form, with a limit, and a typed address is not trusted', async () => {
  const guest = callerOf(app.url);
  const form = { name: 'Vera', email: 'vera@visitor.example', subject: 'Hosting', body: 'For a club' };
  for (let i = 0; i < 5; i += 1) expect((await guest.post('contact.send', form)).status).toBe(200);
  expect(await codeIn(await guest.post('contact.send', form))).toBe('too-many-tries');
  expect(await codeIn(await guest.post('contact.send', { ...form, email: 'no' }))).toBe('invalid');
  const received = (await unmatched()).filter(({ sender }) => sender === 'vera@visitor.example');
  expect(received).toHaveLength(5);
  expect(received[0]).toMatchObject({ source: 'form', senderName: 'Vera', subject: 'Hosting' });
  const { ticket } = await ana.api.mail.open.mutate({ id: received[0]?.id ?? '', queue: 'technical' });
  expect((await messagesOf(ticket))[0]).toMatchObject({ body: 'For a club', channel: 'app' });
  // Anybody can type an address, so the message is not attributed to the client.
  await database.server.models.throttles.destroy({ where: {} });
  const forged = { ...form, email: 'lucia@test.example', subject: 'My key', body: 'Set this root key' };
  await guest.post('contact.send', forged);
  const [mail] = await unmatched();
  const opened = await ana.api.mail.open.mutate({ id: mail?.id ?? '', queue: 'technical' });
  expect((await messagesOf(opened.ticket))[0]).toMatchObject({
    author: null,
    authorName: 'Vera <lucia@test.example>',
  });
});
