import nodemailer from 'nodemailer';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { Documents } from '#shared/collections.ts';
import { findDocument, findDocuments } from '#sync/server/row.ts';
import { answers, rawOf, type MailCase } from '../../test/mail-corpus.ts';
import { others } from '../../test/mail-corpus-others.ts';
import { passed, trustMailServer } from '../../test/trusted-mail-server.ts';
import { createPerson, openTestDatabase, system, type TestDatabase } from '../../test/test-server.ts';
import { listenForMail } from './listen.ts';
import { replyAddress } from './reply-token.ts';
import { rawMail } from './stored-mail.ts';
import { transact } from '../../context.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { tickets } from '#shared/tickets/schema.ts';

/* An e-mail is added to the right ticket or listed as unmatched. It never lands in a wrong ticket, and no loop starts. */

type Delivery = { rejected: string[]; response: string };
let database: TestDatabase;
let listener: Awaited<ReturnType<typeof listenForMail>>;
let transport: {
  send: (raw: Buffer, envelope: { from: string; to: string[] }) => Promise<void>;
  close: () => void;
};
const ticketsOf = new Map<string, string>();
const addresses = new Map<string, string>();
const people = new Map<string, Documents['people']>();

beforeAll(async () => {
  database = await openTestDatabase();
  const { server } = database;
  for (const [name, role] of [
    ['lucia', 'client'],
    ['tom', 'client'],
    ['gone', 'client'],
    ['ana', 'helpdesk'],
  ] as const)
    people.set(name, await createPerson(server, name, role));
  for (const name of ['lucia', 'tom', 'gone']) ticketsOf.set(name, await openTicket(name));
  const address = async (person: string, ticket: string) =>
    addresses.set(
      person,
      await replyAddress(server, {
        domain: 'in.test.example',
        person: idOf(person),
        ticket: ticketsOf.get(ticket) ?? '',
      }),
    );
  await address('lucia', 'lucia');
  await address('ana', 'lucia');
  await address('tom', 'tom');
  await address('gone', 'gone');
  await trustMailServer(server);
  await server.models.people.update({ status: 'disabled' }, { where: { username: 'gone' } });
  listener = await listenForMail(server, { protocol: 'lmtp', host: '127.0.0.1', port: 0 });
  const mailer = nodemailer.createTransport({ host: '127.0.0.1', port: listener.port, lmtp: true } as object);
  transport = {
    async send(raw, envelope) {
      const { rejected, response } = (await mailer.sendMail({ raw, envelope })) as Delivery;
      if (rejected.length > 0 || !response.startsWith('250')) throw new Error(response);
    },
    close: () => mailer.close(),
  };
});
afterEach(() => database.server.models.throttles.destroy({ where: {} }));
afterAll(async () => {
  transport.close();
  await listener.close();
  await database.close();
});

const idOf = (name: string) => people.get(name)?.id ?? '';
async function openTicket(name: string): Promise<string> {
  const { server } = database;
  const { result } = await transact(server, system(server), async (tx) =>
    tx.create(tickets, {
      ...newTicket(
        {
          id: server.newId(),
          number: await tx.count('ticket'),
          client: idOf(name),
          queue: 'technical',
          subject: `Mail of ${name}`,
          assignee: idOf('ana'),
        },
        1,
      ),
      waitingFor: 'client',
    }),
  );
  return result.id;
}
const fillAddresses = (text: string) =>
  text
    .replace(/\{(lucia|ana|tom|gone)\}/g, (_, name: string) => addresses.get(name) ?? '')
    .replace('{LUCIA}', (addresses.get('lucia') ?? '').toUpperCase())
    .replace('{e-mail}', '<our-e-mail@test.example>');

const currentAnswers = () =>
  findDocuments(database.server, messages, { where: { kind: 'answer' }, order: ['id'] });
const emails = () => database.server.models.outbox.count();
const incoming = async () => {
  const rows = await database.server.models.incoming.findAll({ order: ['id'], raw: true });
  return rows as unknown as {
    state: string;
    why: string;
    ticket: string | null;
    id: string;
    subject: string;
  }[];
};

async function deliver(mail: MailCase, index: number): Promise<void> {
  const from =
    mail.envelopeFrom ??
    /<?([^<>\s]+@[^<>\s]+?)>?$/.exec(fillAddresses(mail.from ?? 'lucia@test.example'))?.[1];
  const to = fillAddresses(mail.to ?? 'helpdesk@arf20.com');
  await transport.send(rawOf(mail, index, fillAddresses), { from: from ?? '', to: [to] });
}

const corpus = [...answers, ...others];
test('the corpus has at least 40 e-mails', () => expect(corpus.length).toBeGreaterThanOrEqual(40));

test.each(corpus.map((each, at) => [each.name, each, at] as const))('%s', async (_name, each, at) => {
  const { server } = database;
  // One of our own e-mails, with the Message-ID that some cases reply to.
  await server.models.outbox.bulkCreate(
    [
      {
        id: '0198c0de-0000-7000-8000-00000000cafe',
        kind: 'ticket-answered',
        document: 'x',
        dedupeKey: 'ticket-answered x',
        payload: '{}',
        recipient: 'x',
        person: null,
        state: 'sent',
        notBefore: 0,
        attempts: 0,
        claim: null,
        claimedUntil: 0,
        messageId: '<our-e-mail@test.example>',
        lastError: null,
        createdAt: 0,
        sentAt: 1,
        heldBy: null,
      },
    ],
    { ignoreDuplicates: true },
  );
  const [before, emailsBefore] = [await currentAnswers(), await emails()];
  await deliver(each, at);
  const after = await currentAnswers();
  const received = (await incoming()).at(-1);
  expect(received?.state).toBe(each.state);
  if (each.why) expect(received?.why).toBe(each.why);
  const added = after.filter(({ id }) => !before.some((old) => old.id === id));
  if (each.lands === null) {
    expect(added).toEqual([]);
    // No e-mail is sent, neither to the real sender nor to the address that the e-mail claims to come from.
    expect(await emails()).toBe(emailsBefore);
    return;
  }
  const [message] = added;
  expect(added).toHaveLength(1);
  if (each.lands === 'own') expect(message?.ticket).toBe(ticketsOf.get('lucia'));
  else expect([...ticketsOf.values()]).not.toContain(message?.ticket);
  expect(message).toMatchObject({
    author: idOf('lucia'),
    side: 'client',
    channel: 'email',
    client: idOf('lucia'),
  });
  expect(message?.body).toBe(each.says);
  expect(received?.ticket).toBe(message?.ticket);
  const files = await server.models.files.count({ where: { message: message?.id } });
  expect(files).toBe(each.files ?? 0);
  expect(message?.email?.otherParts).toBe(each.otherParts ?? 0);
});

test('an e-mail delivered several times is one message; a different e-mail with the same Message-ID is another message', async () => {
  const mail = { name: '', body: 'Twice', to: '{lucia}', lands: 'own', state: 'placed' } as const;
  const count = async () => (await currentAnswers()).length;
  const before = await count();
  await Promise.all([deliver(mail, 9_001), deliver(mail, 9_001), deliver(mail, 9_001)]);
  await deliver(mail, 9_001);
  expect(await count()).toBe(before + 1);
  await deliver({ ...mail, body: 'Another' }, 9_001);
  expect(await count()).toBe(before + 2);
});

test('staff can answer by e-mail: the client gets the answer and the ticket waits for the client', async () => {
  await deliver(
    {
      name: '',
      from: 'ana@test.example',
      to: '{ana}',
      headers: { 'Authentication-Results': passed('test.example') },
      body: 'Fixed.',
      lands: 'own',
      state: 'placed',
    },
    9_100,
  );
  const last = (await currentAnswers()).at(-1);
  expect(last).toMatchObject({ body: 'Fixed.', side: 'staff', author: idOf('ana'), channel: 'email' });
  const ticket = await findDocument(database.server, tickets, { where: { id: ticketsOf.get('lucia') } });
  expect(ticket).toMatchObject({ waitingFor: 'client' });
  const emailCount = await database.server.models.outbox.count({
    where: { document: last?.id, recipient: 'lucia@test.example' },
  });
  expect(emailCount).toBe(1);
});

test('an e-mail reply reopens a closed ticket', async () => {
  const id = ticketsOf.get('lucia') ?? '';
  await database.server.models.tickets.update(
    { status: 'closed', closedAt: Date.now(), closedBy: idOf('ana') },
    { where: { id } },
  );
  await deliver({ name: '', to: '{lucia}', body: 'Not solved', lands: 'own', state: 'placed' }, 9_200);
  const ticket = await findDocument(database.server, tickets, { where: { id } });
  expect(ticket?.status).toBe('open');
});

test('a reply from a staff member who no longer works the queue is unmatched', async () => {
  await database.server.models.tickets.update(
    { queue: 'billing' },
    { where: { id: ticketsOf.get('lucia') } },
  );
  await deliver(
    { name: '', from: 'ana@test.example', to: '{ana}', body: 'Late', lands: null, state: 'unmatched' },
    9_300,
  );
  expect((await incoming()).at(-1)).toMatchObject({ state: 'unmatched', why: 'access' });
  await database.server.models.tickets.update(
    { queue: 'technical' },
    { where: { id: ticketsOf.get('lucia') } },
  );
});

test('after 30 e-mails of one sender in 15 minutes, further ones are unmatched and keep their raw content', async () => {
  const before = (await currentAnswers()).length;
  for (let i = 0; i < 33; i += 1) {
    await deliver({ name: '', to: '{lucia}', body: `No ${i}`, lands: 'own', state: 'placed' }, 9_400 + i);
  }
  expect((await currentAnswers()).length).toBe(before + 30);
  const last = (await incoming()).at(-1);
  expect(last).toMatchObject({ state: 'unmatched', why: 'too-many' });
  expect((await rawMail(database.server, last?.id ?? '')).toString()).toContain('No 32');
});

test('while the database is unavailable the sender gets 451, and no partial message is stored', async () => {
  const { db } = database.server;
  const before = (await currentAnswers()).length;
  const email: MailCase = { name: '', to: '{lucia}', body: 'Not now', lands: 'own', state: 'placed' };
  await db.query('RENAME TABLE incoming TO away');
  await expect(deliver(email, 9_900)).rejects.toThrow(/451/);
  await db.query('RENAME TABLE away TO incoming');
  expect((await currentAnswers()).length).toBe(before);
  await deliver(email, 9_900);
  expect((await currentAnswers()).length).toBe(before + 1);
});
