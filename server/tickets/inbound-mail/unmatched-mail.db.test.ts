import nodemailer from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { findDocument, findDocuments, findIds } from '#sync/server/row.ts';
import { storeAttachment } from '../../files/stored-files.ts';
import { callerOf, codeIn } from '../../test/account-caller.ts';
import { startSmtp, type TestSmtp } from '../../test/smtp.ts';
import { createPerson, openTestDatabase, password as right, pullFrom, pushTo, signIn, startApp, type SignedIn, type TestApp, type TestDatabase } from '../../test/test-server.ts';
import { deliverDue } from '../../email/deliver.ts';
import { openTransport } from '../../email/transport.ts';
import { renderEmail } from '../../render-email.ts';
import { listenForMail } from './listen.ts';
import { transact } from '../../context.ts';
import { files } from '#shared/files/schema.ts';
import { people } from '#shared/people/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

/* From an e-mail to its answer and back, and what staff does with mail that fits no ticket. */

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

type Attached = { filename: string; content: string | Buffer };
async function write(
  from: string,
  to: string,
  { subject = 'Hello', text = 'Hi', attachments = [] as Attached[] } = {},
): Promise<void> {
  const mailer = nodemailer.createTransport({
    host: '127.0.0.1',
    port: listener.port,
    secure: false,
    ignoreTLS: true,
  });
  await mailer.sendMail({ from, to, subject, text, attachments });
  mailer.close();
}
async function deliverAll(): Promise<void> {
  await database.server.models.outbox.update({ notBefore: 0 }, { where: { state: 'scheduled' } });
  const transport = openTransport(database.server.config);
  while ((await deliverDue(database.server, { transport, render: renderEmail })) > 0);
  transport.close();
}
const replyToOf = (raw: string) => /^Reply-To: (\S+)/im.exec(raw)?.[1] ?? null;
const mailTo = (address: string) => smtp.mails.filter(({ to }) => to.includes(address));
const messagesOf = (ticket: string) =>
  findDocuments(database.server, messages, { where: { ticket, kind: 'answer' }, order: ['id'] });
const unmatched = async (who = ana) => {
  const answer = await who.api.mail.list.query({ state: 'unmatched', before: null });
  return answer.mails;
};

test('a client answers the e-mail, helpdesk answers the next one, both by mail: one conversation', async () => {
  const id = database.server.newId();
  const next = { id, client: lucia.me.id, order: null, queue: 'technical', subject: 'Slow', status: 'open' };
  await pushTo(lucia.api, 'tickets', [{ base: null, next }]);
  const message = { id: database.server.newId(), ticket: id, kind: 'answer', body: 'Since noon' };
  await pushTo(lucia.api, 'messages', [{ base: null, next: message }]);
  await deliverAll();
  const toAna = mailTo('ana@test.example').at(-1)?.raw ?? '';
  expect(toAna).toContain('Auto-Submitted: auto-generated');
  expect(toAna).toMatch(new RegExp(`References: <ticket-${id}@`));
  await write('ana@test.example', replyToOf(toAna) ?? '', { text: 'Which site?' });
  await deliverAll();
  const toLucia = mailTo('lucia@test.example').at(-1)?.raw ?? '';
  expect(toLucia).toContain('Reply to this e-mail or answer in the app');
  await write('lucia@test.example', replyToOf(toLucia) ?? '', { text: 'The shop' });
  const said = await messagesOf(id);
  expect(said.map(({ side, body }) => `${side}: ${body}`)).toEqual([
    'client: Since noon',
    'staff: Which site?',
    'client: The shop',
  ]);
  // An e-mail that is no conversation says where to answer.
  expect(replyToOf(mailTo('helpdesk@arf20.com').at(-1)?.raw ?? '')).toBeNull();
});

test('an unmatched mail is put into a ticket by hand: its words are its writer’s; it is handled once', async () => {
  await write('Boss <boss@elsewhere.example>', 'helpdesk@arf20.com', {
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
    [ana, arturo].map((who) => who.api.mail.attach.mutate({ id: mail?.id ?? '', ticket })),
  );
  expect(tries.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
  const last = (await messagesOf(ticket)).at(-1);
  expect(last).toMatchObject({ author: null, authorName: 'Boss <boss@elsewhere.example>', side: 'client' });
  expect(await unmatched()).toEqual([]);
  // Taken back, it is gone from the mail that was kept too.
  const { documents } = await pullFrom(arturo.api, 'messages');
  const seen = documents.find((each) => each.id === last?.id);
  await pushTo(arturo.api, 'messages', [
    { base: seen ?? null, next: { ...seen, redacted: true, writtenAt: Date.now() } },
  ]);
  const kept = await database.server.models.incoming.findOne({ where: { message: last?.id }, raw: true });
  expect(kept).toMatchObject({ body: '', raw: null });
});

test('a mail with the address of staff that proves nothing is kept as a note: no client hears it in their name', async () => {
  const attachments = [{ filename: 'inside.txt', content: 'Serial numbers' }];
  await write('ana@test.example', 'helpdesk@arf20.com', {
    ...{ subject: 'Re: Slow', text: 'It was the disk', attachments },
  });
  const [mail] = await unmatched(arturo);
  expect(mail).toMatchObject({ sender: 'ana@test.example' });
  const before = await findDocument(database.server, tickets, { where: { subject: 'Slow' } });
  if (!before) throw new Error('the ticket is gone');
  await arturo.api.mail.attach.mutate({ id: mail?.id ?? '', ticket: before.id });
  const notes = await findDocuments(database.server, messages, {
    where: { ticket: before.id, kind: 'note' },
  });
  expect(notes).toMatchObject([
    { side: 'staff', author: null, body: 'It was the disk' },
  ]);
  const after = await findDocument(database.server, tickets, { where: { id: before.id } });
  expect(after?.waitingFor).toBe(before.waitingFor);
  // What came with it is for whom the note is for.
  const files = async (who: SignedIn) =>
    (await pullFrom(who.api, 'files')).documents.map((each) => each['fileName']);
  expect(await files(arturo)).toContain('inside.txt');
  expect(await files(lucia)).not.toContain('inside.txt');
});

test('of a mail that was too large to be kept whole, what is missing is said, and no half of a file kept', async () => {
  const content = Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(3_500_000, 1)]);
  const photo = (filename: string) => ({ filename, content });
  await write('huge@elsewhere.example', 'helpdesk@arf20.com', {
    ...{ subject: 'Photos', text: 'See', attachments: ['a.jpg', 'b.jpg', 'c.jpg'].map(photo) },
  });
  const mail = (await unmatched()).find(({ sender }) => sender === 'huge@elsewhere.example');
  const { ticket } = await ana.api.mail.open.mutate({ id: mail?.id ?? '', queue: 'technical' });
  const kept = await findDocuments(database.server, files, { where: { ticket } });
  expect(kept.map(({ fileName }) => fileName)).toEqual(['a.jpg']);
  expect((await messagesOf(ticket))[0]?.body).toContain('files at its end are missing');
});

test('somebody outside who only makes trouble is disabled: their mail opens nothing any more', async () => {
  await write('pest@outside.example', 'helpdesk@arf20.com', { subject: 'Buy', text: 'Now' });
  const mail = (await unmatched()).find(({ sender }) => sender === 'pest@outside.example');
  await ana.api.mail.open.mutate({ id: mail?.id ?? '', queue: 'technical' });
  const pest = async () => {
    const person = await findDocument(database.server, people, {
      where: { email: 'pest@outside.example' },
    });
    if (!person) throw new Error('nobody writes from there');
    return person;
  };
  const { id } = await pest();
  const proof = { password: right };
  await arturo.api.people.setStatus.mutate({ id, status: 'disabled', proof });
  await write('pest@outside.example', 'helpdesk@arf20.com', { subject: 'Buy more', text: 'Now' });
  const [more] = await unmatched();
  expect(more).toMatchObject({ subject: 'Buy more', why: 'unknown-sender' });
  await ana.api.mail.dismiss.mutate({ id: more?.id ?? '' });
  await deliverAll();
  expect(mailTo('pest@outside.example')).toEqual([]);
  await arturo.api.people.setStatus.mutate({ id, status: 'verified', proof });
  expect((await pest()).status).toBe('outside');
});

test('somebody outside gets a ticket, an answer, and answers by mail; registering later they find it in their account', async () => {
  await write('Nora <nora@outside.example>', 'helpdesk@arf20.com', {
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
      ...{ message: answer.id, ticket },
      ...{ fileName: 'prices.txt', mediaType: 'text/plain', bytes: Buffer.from('VPS 7.50') },
    }),
  );
  await deliverAll();
  const email = mailTo('nora@outside.example').at(-1)?.raw ?? '';
  // Nothing in the app is theirs to see.
  expect(email).not.toContain('/tickets/');
  expect(email).toContain('Reply to this e-mail.');
  // What was attached comes with it: they have no other place to read it.
  expect(email).toContain('and attached prices.txt');
  expect(email).toContain(Buffer.from('VPS 7.50').toString('base64'));
  await write('nora@outside.example', replyToOf(email) ?? '', { text: 'Then one' });
  expect((await messagesOf(ticket)).map(({ body }) => body)).toEqual([
    'What is a VPS?',
    'A machine',
    'Then one',
  ]);
  // The next mail of hers is no riddle.
  await write('nora@outside.example', 'helpdesk@arf20.com', { subject: 'More', text: 'And storage?' });
  expect(await unmatched()).toEqual([]);

  const guest = callerOf(app.url);
  const password = 'a long enough one 9';
  await guest.post('account.register', {
    username: 'nora',
    email: 'nora@outside.example',
    password,
    language: 'en',
  });
  await deliverAll();
  const link =
    mailTo('nora@outside.example')
      .at(-1)
      ?.raw.replace(/=\r?\n/g, '') ?? '';
  const token = /#(?:3D)?(?:token=(?:3D)?)?([A-Za-z0-9_-]{43})/.exec(link)?.[1] ?? '';
  // Whoever registered: the password is set by who reads that mailbox.
  const chosen = 'quite another one 7';
  expect((await guest.post('account.setPassword', { token, password: chosen })).status).toBe(200);
  await expect(signIn(app.url, 'nora', {}, password)).rejects.toThrow('wrong-credentials');
  const nora = await signIn(app.url, 'nora', {}, chosen);
  const { documents } = (await nora.api.sync.pull.query({
    ...{ collection: 'tickets', epoch: nora.epoch, since: 0, limit: 100 },
  })) as { documents: { id: string }[] };
  expect(documents.map(({ id }) => id)).toContain(ticket);
});

test('each role looks through the mail of its queue; a client through none', async () => {
  await write('shop@elsewhere.example', 'accounting@arf20.com', {
    subject: 'Invoice',
    text: 'Where to pay?',
  });
  await write('shop@elsewhere.example', 'helpdesk@arf20.com', { subject: 'Box', text: 'Broken' });
  const subjects = async (who: SignedIn) => (await unmatched(who)).map(({ subject }) => subject).sort();
  expect(await subjects(ines)).toEqual(['Invoice']);
  expect(await subjects(ana)).toEqual(['Box']);
  expect(await subjects(arturo)).toEqual(['Box', 'Invoice']);
  await expect(lucia.api.mail.list.query({ state: 'unmatched', before: null })).rejects.toThrow(
    'not-allowed',
  );
  const [invoice] = await unmatched(ines);
  await expect(ana.api.mail.dismiss.mutate({ id: invoice?.id ?? '' })).rejects.toThrow('not-found');
  await ines.api.mail.dismiss.mutate({ id: invoice?.id ?? '' });
  expect(await subjects(ines)).toEqual([]);
});

test('a visitor writes by the form; too often is too often', async () => {
  const guest = callerOf(app.url);
  const form = { name: 'Vera', email: 'vera@visitor.example', subject: 'Hosting', body: 'For a club' };
  for (let i = 0; i < 5; i += 1) expect((await guest.post('contact.send', form)).status).toBe(200);
  expect(await codeIn(await guest.post('contact.send', form))).toBe('too-many-tries');
  expect(await codeIn(await guest.post('contact.send', { ...form, email: 'no' }))).toBe('bad-request');
  const mine = (await unmatched()).filter(({ sender }) => sender === 'vera@visitor.example');
  expect(mine).toHaveLength(5);
  expect(mine[0]).toMatchObject({ source: 'form', senderName: 'Vera', subject: 'Hosting' });
  const { ticket } = await ana.api.mail.open.mutate({ id: mine[0]?.id ?? '', queue: 'technical' });
  expect((await messagesOf(ticket))[0]).toMatchObject({ body: 'For a club', channel: 'app' });
  // An address that is typed proves nothing: the words are not the client's.
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
