import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { canonicalEmail } from '#shared/people/email-address.ts';
import { isClient } from '#shared/people/role.ts';
import type { Person } from '#shared/people/schema.ts';
import { view } from '#shared/rights.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { noSubject } from '#shared/tickets/new-ticket.ts';
import { type Ticket, tickets } from '#shared/tickets/schema.ts';
import { errorNumber } from '#sync/server/in-transaction.ts';
import { findDocument } from '#sync/server/row.ts';
import { createByCommand } from '#sync/server/write.ts';
import { type Server, transact, type Tx } from '../../context.ts';
import { findRow } from '../../models/rows.ts';
import { findPerson } from '../../people/find-person.ts';
import { countTry } from '../../people/throttle.ts';
import { settings, type Settings } from '../../settings/settings.ts';
import { messageOf, storeFilesOf } from './mail-message.ts';
import type { Envelope } from './parse-mail.ts';
import type { MailReader, ReadMail } from './read-mail.ts';
import { isExpired, keyFor, readReplyToken, tokensIn } from './reply-token.ts';
import { checkOfSender, type SenderCheck } from './sender-check.ts';
import { type MailRow, storeMail } from './stored-mail.ts';

/*
 * Decides what happens to a received e-mail. A reply is added to a ticket only if the token in its address belongs to
 * its sender. E-mails that match nothing go to the list of unmatched e-mails, which staff reviews. Automatic e-mails
 * (parse-mail.ts) are set aside and never answered, so two machines cannot keep answering each other.
 *
 * Anybody can write any sender address. What a client writes is marked as unverified, unless the reply address or the
 * mail server in front proves the sender. Staff can answer by e-mail only with both proofs.
 */

export type Outcome = {
  state: 'placed' | 'unmatched' | 'dropped' | 'known';
  why: string;
  ticket: string | null;
};

type PlacedIds = { ticket: string; message: string };

/** Where an e-mail belongs. It is decided before anything is written. */
type Destination =
  | { state: 'dropped' | 'unmatched'; why: string }
  | { state: 'placed'; why: 'token'; person: Person; ticket: string; isVerified: boolean }
  | { state: 'placed'; why: 'new'; person: Person; queue: Ticket['queue']; isVerified: boolean };

/** Limit per sender in 15 minutes. More is probably a machine that does not identify itself as one. */
const maxPerSender = 30;

/**
 * Stores a received e-mail and, if it belongs to a ticket, adds it as a message. An e-mail to several reply addresses goes
 * to each of their tickets.
 *
 * @returns what happened, for each reply address, or once if there is none
 * @throws if the database cannot be reached: the sender has to deliver the e-mail again
 */
export async function receiveMail(
  server: Server,
  reader: MailReader,
  { raw, envelope }: { raw: Buffer; envelope: Envelope },
): Promise<Outcome[]> {
  const mail = await reader.read(raw, envelope);
  const provider = await settings(server);
  const tokens = tokensIn(mail.recipients);
  const outcomes: Outcome[] = [];
  for (const token of tokens.length > 0 && !mail.robot ? tokens : [null]) {
    outcomes.push(await receiveFor(server, { mail, raw, token, provider }));
  }
  return outcomes;
}

type Received = { mail: ReadMail; raw: Buffer; token: string | null; provider: Settings };

async function receiveFor(server: Server, received: Received): Promise<Outcome> {
  const { mail, raw, token, provider } = received;
  const mailKey = keyFor(mail.key, token);
  const existing = await findRow(server.models.incoming, { where: { mailKey }, attributes: ['id'] });
  if (existing) return { state: 'known', why: '', ticket: null };
  const destination = await destinationOf(server, received);
  // Read this before the transaction: a worker has two connections, and a transaction that waits for a second one could
  // wait forever.
  const queue = await queueFor(server, received);
  const writer = {
    actor: destination.state === 'placed' ? actorOf(destination.person) : null,
    device: 'mail',
    writtenAt: server.now(),
    origin: 'mail' as const,
  };
  try {
    const { result } = await transact(server, writer, async (tx) => {
      const placed =
        destination.state === 'placed' ? await placeMail(tx, mail, { destination, provider }) : null;
      await storeMail(tx, rowOf(tx, mail, { mailKey, destination, placed, queue }), raw);
      return placed?.ticket ?? null;
    });
    return { state: destination.state, why: destination.why, ticket: result };
  } catch (error) {
    // Duplicate key: another connection stored the same e-mail at the same time.
    if (errorNumber(error) === 1062) return { state: 'known', why: '', ticket: null };
    throw error;
  }
}

async function destinationOf(server: Server, { mail, token, provider }: Received): Promise<Destination> {
  if (!mail.isReadable) return { state: 'unmatched', why: 'unreadable' };
  if (mail.robot) return { state: 'dropped', why: mail.robot };
  if (isOurs(mail, provider)) return { state: 'dropped', why: 'loop' };
  const person = await senderOf(server, mail.sender);
  const check = checkOfSender(mail, provider.mailCheckedBy);
  const target = token === null ? null : await readReplyToken(server, token);
  // A sender with a valid token is counted by the token, so that a forged sender address cannot use up the limit.
  const throttleKey = target && target.person === person?.id ? `token ${token ?? ''}` : `from ${mail.sender}`;
  if (!(await isWithinLimit(server, throttleKey))) return { state: 'unmatched', why: 'too-many' };
  if (token !== null) return byToken(server, target, { person, check });
  // A reply to one of our e-mails, but not to its reply address: the ticket that it answers is unknown.
  const repliedEmails = await server.models.outbox.count({
    where: { messageId: { [Op.in]: mail.references } },
  });
  if (repliedEmails > 0) return { state: 'unmatched', why: 'no-token' };
  if (!isClient(person)) return { state: 'unmatched', why: person ? 'staff' : 'unknown-sender' };
  if (check === 'fail') return { state: 'unmatched', why: 'forged' };
  return {
    state: 'placed',
    why: 'new',
    person,
    queue: queueOf(mail, provider),
    isVerified: check === 'pass',
  };
}

/** True if the sender is an address that we send from or receive at. */
function isOurs({ sender }: ReadMail, { mailFrom, helpdeskList, accountingList }: Settings): boolean {
  const own = [addressIn(mailFrom), helpdeskList, accountingList].map(canonicalEmail);
  return own.includes(sender) || /^reply\+[a-z2-7]{26}@/.test(sender);
}

/** The address of "Name <address>", or of an address alone. */
const addressIn = (mailbox: string) => /<([^>]+)>/.exec(mailbox)?.[1] ?? mailbox;

/** The names and addresses that quoted e-mails of ours begin with. */
export function oursIn({ name, mailFrom, helpdeskList, accountingList, contactAddress }: Settings): string[] {
  const from = mailFrom.replace(/\s*<[^>]*>/, '');
  return [name, from, addressIn(mailFrom), helpdeskList, accountingList, contactAddress];
}

async function senderOf(server: Server, email: string): Promise<Person | null> {
  const person = email ? await findPerson(server, { email, status: ['verified', 'outside'] }) : null;
  // MariaDB ignores accents when it compares, so check that the address is exactly the same.
  return person?.email === email ? person : null;
}

/** Counts one e-mail. Returns false if the sender is over the limit; database errors are thrown. */
async function isWithinLimit(server: Server, throttleKey: string): Promise<boolean> {
  try {
    await countTry(server, { name: `mail ${throttleKey}`, most: maxPerSender });
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

async function byToken(
  server: Server,
  target: { ticket: string; person: string } | null,
  { person, check }: { person: Person | null; check: SenderCheck },
): Promise<Destination> {
  if (!target) return { state: 'unmatched', why: 'token' };
  if (!person || target.person !== person.id) return { state: 'unmatched', why: 'sender' };
  const ticket = await findDocument(server, tickets, { where: { id: target.ticket } });
  // A staff member who works another queue by now may not write in this one.
  if (!ticket || !view(actorOf(person), 'tickets', ticket)) return { state: 'unmatched', why: 'access' };
  if (isExpired(ticket, server.now())) return { state: 'unmatched', why: 'expired-token' };
  // A leaked reply address and a forged sender must not be enough to answer in the name of staff.
  if (!isClient(person) && check !== 'pass') return { state: 'unmatched', why: 'staff-unverified' };
  return { state: 'placed', why: 'token', person, ticket: ticket.id, isVerified: check !== 'fail' };
}

/** The queue whose staff sees the e-mail: that of the ticket it was meant for, else that of the address. */
async function queueFor(server: Server, { mail, token, provider }: Received): Promise<Ticket['queue']> {
  const target = token === null ? null : await readReplyToken(server, token);
  const ticket = target && (await findDocument(server, tickets, { where: { id: target.ticket } }));
  return ticket?.queue ?? queueOf(mail, provider);
}

function queueOf({ recipients }: ReadMail, { accountingList }: Settings): Ticket['queue'] {
  return recipients.includes(canonicalEmail(accountingList)) ? 'billing' : 'technical';
}

function actorOf({ id, role, displayName }: Person): Actor {
  return { id, role, name: displayName };
}

/** Adds the e-mail as a message to the ticket that it answers, or to a new ticket. @returns the ids of both */
async function placeMail(
  tx: Tx,
  mail: ReadMail,
  { destination, provider }: { destination: Destination & { state: 'placed' }; provider: Settings },
): Promise<PlacedIds> {
  const isAnswer = destination.why === 'token';
  const ticket = isAnswer
    ? destination.ticket
    : await openTicket(tx, {
        queue: destination.queue,
        client: destination.person.id,
        subject: mail.subject,
      });
  const { isVerified } = destination;
  const { body, email, files } = await messageOf(mail, {
    ours: isAnswer ? oursIn(provider) : null,
    isVerified,
  });
  const message = await createByCommand(tx, messages, {
    input: { ticket, kind: 'answer', body },
    given: { id: tx.server.newId(), email },
  });
  await storeFilesOf(tx, files, { message: message.id, ticket });
  return { ticket, message: message.id };
}

/** Opens a ticket in the name of the client. */
async function openTicket(
  tx: Tx,
  input: { queue: Ticket['queue']; client: string; subject: string },
): Promise<string> {
  const subject = input.subject.slice(0, 150).trim() || noSubject;
  const ticket = await createByCommand(tx, tickets, {
    input: { ...input, subject, status: 'open' },
    given: { id: tx.server.newId() },
  });
  return ticket.id;
}

function rowOf(
  tx: Tx,
  mail: ReadMail,
  {
    mailKey,
    destination,
    placed,
    queue,
  }: { mailKey: string; destination: Destination; placed: PlacedIds | null; queue: Ticket['queue'] },
): MailRow {
  return {
    id: tx.server.newId(),
    mailKey,
    receivedAt: tx.now,
    source: 'mail',
    queue,
    sender: mail.sender,
    senderName: mail.senderName,
    subject: mail.subject,
    // The list shows the beginning. The whole e-mail is kept in its bytes.
    body: mail.text.slice(0, 20_000),
    recipient: (mail.recipients[0] ?? '').slice(0, 254),
    state: destination.state,
    why: destination.why,
    handledBy: null,
    handledAt: null,
    ticket: placed?.ticket ?? null,
    message: placed?.message ?? null,
  };
}
