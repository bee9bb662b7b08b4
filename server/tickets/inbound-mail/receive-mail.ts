import { isClient } from '#shared/people/role.ts';
import { Op } from 'sequelize';
import type { Attachment } from 'mailparser';
import { DomainError } from '#shared/errors.ts';
import { findPerson } from '../../people/find-person.ts';
import { countTry } from '../../people/throttle.ts';
import { errorNumber } from '#sync/server/in-transaction.ts';
import { createByCommand } from '#sync/server/write.ts';
import { findDocument } from '#sync/server/row.ts';
import { findRow } from '../../models/rows.ts';
import { storeAttachment } from '../../files/stored-files.ts';
import { typeOf } from '../../files/upload.ts';
import { settings, type Settings } from '../../settings/settings.ts';
import { parseMail, type Envelope, type IncomingMail } from './parse-mail.ts';
import { readReplyToken, tokenIn } from './reply-token.ts';
import type { Actor } from '#shared/people/actor.ts';
import { view } from '#shared/rights.ts';
import { type Server, transact, type Tx } from '../../context.ts';
import { type FileDocument, fileTypes, mostFileBytes } from '#shared/files/schema.ts';
import type { Person } from '#shared/people/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { noSubject } from '#shared/tickets/new-ticket.ts';
import { type Ticket, tickets } from '#shared/tickets/schema.ts';

/*
 * Decides what happens to a received e-mail. A reply is added to a ticket only if the token in its address belongs to
 * its sender. E-mails that match nothing go to the list of unmatched e-mails, which staff reviews. Automatic e-mails
 * (parse-mail.ts) are dropped and never answered, so two machines cannot keep answering each other.
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
  | { state: 'placed'; why: 'token'; person: Person; ticket: string }
  | { state: 'placed'; why: 'new'; person: Person; queue: Ticket['queue'] };

/** Limit per sender in 15 minutes. More is probably a machine that does not identify itself as one. */
const maxPerSender = 30;
/** Larger e-mails are cut here, because a row has to fit into one packet of the database. */
const maxRawBytes = 8 * 1024 * 1024;
const maxRawBytesAutomatic = 64 * 1024;

/** True if the stored e-mail was cut: its last file is incomplete and more files may be missing. */
export const isTruncated = (raw: Buffer) => raw.length === maxRawBytes || raw.length === maxRawBytesAutomatic;

/**
 * Stores a received e-mail and, if it belongs to a ticket, adds it as a message.
 * @throws if the database cannot be reached: the sender has to deliver the e-mail again
 */
export async function receiveMail(server: Server, raw: Buffer, envelope: Envelope): Promise<Outcome> {
  const mail = await parseMail(raw, envelope);
  const provider = await settings(server);
  const existing = await findRow(server.models.incoming, {
    where: { mailKey: mail.key },
    attributes: ['id'],
  });
  if (existing) return { state: 'known', why: '', ticket: null };
  const destination = await destinationOf(server, mail, provider);
  // Read this before the transaction: a worker has two connections, and a transaction that waits for a second one could
  // wait forever.
  const queue = await queueFor(server, mail, provider);
  const writer = {
    actor: destination.state === 'placed' ? actorOf(destination.person) : null,
    device: 'mail',
    writtenAt: server.now(),
    origin: 'mail' as const,
  };
  try {
    const { result } = await transact(server, writer, async (tx) => {
      const placed = destination.state === 'placed' ? await placeMail(tx, mail, destination) : null;
      await tx.server.models.incoming.create(rowOf(tx, mail, { raw, destination, placed, queue }), {
        transaction: tx.transaction,
      });
      return placed?.ticket ?? null;
    });
    return { state: destination.state, why: destination.why, ticket: result };
  } catch (error) {
    // Duplicate key: another connection stored the same e-mail at the same time.
    if (errorNumber(error) === 1062) return { state: 'known', why: '', ticket: null };
    throw error;
  }
}

async function destinationOf(server: Server, mail: IncomingMail, provider: Settings): Promise<Destination> {
  if (mail.robot) return { state: 'dropped', why: mail.robot };
  if (isOurs(mail, provider)) return { state: 'dropped', why: 'loop' };
  const token = tokenIn(mail.recipients);
  const person = await senderOf(server, mail.sender);
  const target = token === null ? null : await readReplyToken(server, token);
  // A sender with a valid token is counted by the token, so that a forged sender address cannot use up the limit.
  const throttleKey = target && target.person === person?.id ? `token ${token ?? ''}` : `from ${mail.sender}`;
  if (!(await isWithinLimit(server, throttleKey))) return { state: 'unmatched', why: 'too-many' };
  if (token !== null) return byToken(server, target, person);
  // A reply to one of our e-mails, but not to its reply address: the ticket that it answers is unknown.
  const repliedEmails = await server.models.outbox.count({
    where: { messageId: { [Op.in]: mail.references } },
  });
  if (repliedEmails > 0) return { state: 'unmatched', why: 'no-token' };
  if (!isClient(person)) return { state: 'unmatched', why: person ? 'staff' : 'unknown-sender' };
  return { state: 'placed', why: 'new', person, queue: queueOf(mail, provider) };
}

/** True if the sender is an address that we send from or receive at. */
function isOurs({ sender }: IncomingMail, { mailFrom, helpdeskList, accountingList }: Settings): boolean {
  const from = /<([^>]+)>/.exec(mailFrom)?.[1] ?? mailFrom;
  const own = [from, helpdeskList, accountingList].map((address) => address.toLowerCase());
  return own.includes(sender) || /^reply\+[a-z2-7]{26}@/.test(sender);
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
  person: Person | null,
): Promise<Destination> {
  if (!target) return { state: 'unmatched', why: 'token' };
  if (!person || target.person !== person.id) return { state: 'unmatched', why: 'sender' };
  const ticket = await findDocument(server, tickets, { where: { id: target.ticket } });
  // A staff member who works another queue by now may not write in this one.
  if (!ticket || !view(actorOf(person), 'tickets', ticket)) return { state: 'unmatched', why: 'access' };
  return { state: 'placed', why: 'token', person, ticket: ticket.id };
}

/** The queue whose staff sees the e-mail: that of the ticket it was meant for, else that of the address. */
async function queueFor(server: Server, mail: IncomingMail, provider: Settings): Promise<Ticket['queue']> {
  const token = tokenIn(mail.recipients);
  const target = token === null ? null : await readReplyToken(server, token);
  const ticket = target && (await findDocument(server, tickets, { where: { id: target.ticket } }));
  return ticket?.queue ?? queueOf(mail, provider);
}

function queueOf({ recipients }: IncomingMail, { accountingList }: Settings): Ticket['queue'] {
  return recipients.includes(accountingList.toLowerCase()) ? 'billing' : 'technical';
}

function actorOf({ id, role, displayName }: Person): Actor {
  return { id, role, name: displayName };
}

/** Adds the e-mail as a message to the ticket that it answers, or to a new ticket. @returns the ids of both */
async function placeMail(
  tx: Tx,
  mail: IncomingMail,
  destination: Destination & { state: 'placed' },
): Promise<PlacedIds> {
  const ticket =
    destination.why === 'token'
      ? destination.ticket
      : await openTicket(tx, {
          queue: destination.queue,
          client: destination.person.id,
          subject: mail.subject,
        });
  const body = await bodyOf(mail, destination.why === 'token' ? mail.reply : mail.text);
  const message = await createByCommand(tx, messages, {
    input: { ticket, kind: 'answer', body },
    given: { id: tx.server.newId() },
  });
  await storeAttachments(tx, mail, { message: message.id, ticket });
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

/** The text of the message, or its file names if there is no text. Attachments that were not kept are listed at the end. */
export async function bodyOf(mail: Pick<IncomingMail, 'attachments'>, text: string): Promise<string> {
  const kept = await storableFiles(mail);
  const names = kept.map(({ fileName }) => fileName).join(', ');
  const skipped = mail.attachments.filter((each) => !kept.some(({ bytes }) => bytes === each.content));
  const content = text.trim() || names || '(no text)';
  if (skipped.length === 0) return content;
  const sizes = skipped.map((each) => `${nameOf(each)} (${Math.ceil(each.content.length / 1024)} KB)`);
  return `${content.slice(0, 19_000)}\n\n[not kept: ${sizes.join(', ').slice(0, 900)}]`;
}

type StorableFile = { bytes: Buffer; mediaType: FileDocument['mediaType']; fileName: string };

/** The attachments that may be stored as files. Their type is detected from their content. */
async function storableFiles({ attachments }: Pick<IncomingMail, 'attachments'>): Promise<StorableFile[]> {
  const found: StorableFile[] = [];
  for (const each of attachments) {
    const { content } = each;
    if (content.length === 0 || content.length > mostFileBytes) continue;
    const type = await typeOf(content);
    const mediaType = fileTypes.find((known) => known === type);
    if (mediaType) found.push({ bytes: content, mediaType, fileName: nameOf(each) });
  }
  return found;
}

function nameOf({ filename }: Attachment): string {
  const name = (filename ?? 'file').replace(/\p{Cc}/gu, ' ').trim();
  return name.slice(0, 120) || 'file';
}

/** Stores the allowed attachments of an e-mail as files of a message. */
export async function storeAttachments(
  tx: Tx,
  mail: Pick<IncomingMail, 'attachments'>,
  { message, ticket, visibility = 'client' }: PlacedIds & { visibility?: FileDocument['visibility'] },
): Promise<void> {
  for (const each of await storableFiles(mail)) {
    await storeAttachment(tx, { ...each, message, ticket, visibility });
  }
}

function rowOf(
  tx: Tx,
  mail: IncomingMail,
  {
    raw,
    destination,
    placed,
    queue,
  }: { raw: Buffer; destination: Destination; placed: PlacedIds | null; queue: Ticket['queue'] },
): Record<string, unknown> {
  return {
    id: tx.server.newId(),
    mailKey: mail.key,
    receivedAt: tx.now,
    source: 'mail',
    queue,
    sender: mail.sender,
    senderName: mail.senderName,
    subject: mail.subject,
    body: mail.text,
    recipient: (mail.recipients[0] ?? '').slice(0, 254),
    // Only the headers of an automatic e-mail are useful.
    raw: raw.subarray(0, destination.state === 'dropped' ? maxRawBytesAutomatic : maxRawBytes),
    state: destination.state,
    why: destination.why,
    handledBy: null,
    handledAt: null,
    ticket: placed?.ticket ?? null,
    message: placed?.message ?? null,
  };
}
