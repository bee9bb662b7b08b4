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
import { type Ticket, tickets } from '#shared/tickets/schema.ts';

/*
 * What becomes of a mail that comes in. An answer lands in a ticket only where the token of its address and its sender
 * fit together; whatever fits nothing goes to the list of unmatched mail, which people look through. What machines
 * wrote goes nowhere: nothing of ours answers it, so no two machines ever talk to each other.
 */

export type Outcome = {
  state: 'placed' | 'unmatched' | 'dropped' | 'known';
  why: string;
  ticket: string | null;
};

type Placed = { ticket: string; message: string };

/** Where a mail belongs, before anything is written. */
type Place =
  | { state: 'dropped' | 'unmatched'; why: string }
  | { state: 'placed'; why: 'token'; person: Person; ticket: string }
  | { state: 'placed'; why: 'new'; person: Person; queue: Ticket['queue'] };

/** From one sender in a quarter of an hour; more is a machine that does not say so. */
const mostFromOne = 30;
/** Larger mails are kept up to here: a row has to fit into a packet of the database. */
const mostRaw = 8 * 1024 * 1024;
const mostRawOfRobots = 64 * 1024;

/** True where a mail was longer than what was kept of it: its last file is only a part, others may be missing. */
export const isCutOff = (raw: Buffer) => raw.length === mostRaw || raw.length === mostRawOfRobots;

/** @throws where the database could not be asked: the mail is to be delivered again */
export async function receiveMail(server: Server, raw: Buffer, envelope: Envelope): Promise<Outcome> {
  const mail = await parseMail(raw, envelope);
  const provider = await settings(server);
  const known = await findRow(server.models.incoming, {
    where: { mailKey: mail.key },
    attributes: ['id'],
  });
  if (known) return { state: 'known', why: '', ticket: null };
  const place = await placeOf(server, mail, provider);
  // Before the unit: a worker has two connections, and a unit that waited for a second could wait for ever.
  const queue = await queueFor(server, mail, provider);
  const writer = {
    actor: place.state === 'placed' ? actorOf(place.person) : null,
    device: 'mail',
    writtenAt: server.now(),
    origin: 'mail' as const,
  };
  try {
    const { result } = await transact(server, writer, async (tx) => {
      const placed = place.state === 'placed' ? await put(tx, mail, place) : null;
      await tx.server.models.incoming.create(rowOf(tx, mail, { raw, place, placed, queue }), {
        transaction: tx.transaction,
      });
      return placed?.ticket ?? null;
    });
    return { state: place.state, why: place.why, ticket: result };
  } catch (error) {
    // The same mail by two connections at once: the other one has it.
    if (errorNumber(error) === 1062) return { state: 'known', why: '', ticket: null };
    throw error;
  }
}

async function placeOf(server: Server, mail: IncomingMail, provider: Settings): Promise<Place> {
  if (mail.robot) return { state: 'dropped', why: mail.robot };
  if (isOurs(mail, provider)) return { state: 'dropped', why: 'loop' };
  const token = tokenIn(mail.recipients);
  const person = await senderOf(server, mail.sender);
  const meant = token === null ? null : await readReplyToken(server, token);
  // Who has the token is counted by it: nobody else can use up what somebody may send by writing in their name.
  const counted = meant && meant.person === person?.id ? `token ${token ?? ''}` : `from ${mail.sender}`;
  if (!(await isWithin(server, counted))) return { state: 'unmatched', why: 'too-many' };
  if (token !== null) return byToken(server, meant, person);
  // Somebody answers one of our e-mails, and not where it said: nobody knows which ticket they see before them.
  const answersUs = await server.models.outbox.count({ where: { messageId: { [Op.in]: mail.references } } });
  if (answersUs > 0) return { state: 'unmatched', why: 'no-token' };
  if (person?.role !== 'client') return { state: 'unmatched', why: person ? 'staff' : 'unknown-sender' };
  return { state: 'placed', why: 'new', person, queue: queueOf(mail, provider) };
}

/** Ours is what we send from, and what we receive at. */
function isOurs({ sender }: IncomingMail, { mailFrom, helpdeskList, accountingList }: Settings): boolean {
  const from = /<([^>]+)>/.exec(mailFrom)?.[1] ?? mailFrom;
  const own = [from, helpdeskList, accountingList].map((address) => address.toLowerCase());
  return own.includes(sender) || /^reply\+[a-z2-7]{26}@/.test(sender);
}

async function senderOf(server: Server, email: string): Promise<Person | null> {
  const person = email ? await findPerson(server, { email, status: ['verified', 'outside'] }) : null;
  // MariaDB compares without accents: only the very same address is the person's.
  return person?.email === email ? person : null;
}

/** Counts one mail; a fault of the database is none of the sender's. */
async function isWithin(server: Server, counted: string): Promise<boolean> {
  try {
    await countTry(server, { name: `mail ${counted}`, most: mostFromOne });
    return true;
  } catch (error) {
    if (error instanceof DomainError) return false;
    throw error;
  }
}

async function byToken(
  server: Server,
  meant: { ticket: string; person: string } | null,
  person: Person | null,
): Promise<Place> {
  if (!meant) return { state: 'unmatched', why: 'token' };
  if (!person || meant.person !== person.id) return { state: 'unmatched', why: 'sender' };
  const ticket = await findDocument(server, tickets, { where: { id: meant.ticket } });
  // Somebody who works another queue by now has nothing to say in this one.
  if (!ticket || !view(actorOf(person), 'tickets', ticket)) return { state: 'unmatched', why: 'access' };
  return { state: 'placed', why: 'token', person, ticket: ticket.id };
}

/** Who looks through it: who works the queue of the ticket that it was meant for, else of the address. */
async function queueFor(server: Server, mail: IncomingMail, provider: Settings): Promise<Ticket['queue']> {
  const token = tokenIn(mail.recipients);
  const meant = token === null ? null : await readReplyToken(server, token);
  const ticket = meant && (await findDocument(server, tickets, { where: { id: meant.ticket } }));
  return ticket?.queue ?? queueOf(mail, provider);
}

function queueOf({ recipients }: IncomingMail, { accountingList }: Settings): Ticket['queue'] {
  return recipients.includes(accountingList.toLowerCase()) ? 'billing' : 'technical';
}

function actorOf({ id, role, displayName }: Person): Actor {
  return { id, role, name: displayName };
}

/** Writes the message, in the ticket it answers or in a new one. @returns both */
async function put(tx: Tx, mail: IncomingMail, place: Place & { state: 'placed' }): Promise<Placed> {
  const ticket =
    place.why === 'token'
      ? place.ticket
      : await openTicket(tx, { queue: place.queue, client: place.person.id, subject: mail.subject });
  const body = await bodyOf(mail, place.why === 'token' ? mail.reply : mail.text);
  const message = await createByCommand(tx, messages, {
    input: { ticket, kind: 'answer', body },
    given: { id: tx.server.newId() },
  });
  await keepAttachments(tx, mail, { message: message.id, ticket });
  return { ticket, message: message.id };
}

/** A new ticket, as its client would open it. */
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

export const noSubject = '(no subject)';

/** A message says something: where the mail has no words, what came with it; and what came and could not be kept. */
export async function bodyOf(mail: Pick<IncomingMail, 'attachments'>, text: string): Promise<string> {
  const kept = await keepable(mail);
  const names = kept.map(({ fileName }) => fileName).join(', ');
  const left = mail.attachments.filter(({ content }) => !kept.some(({ bytes }) => bytes === content));
  const said = text.trim() || names || '(no text)';
  if (left.length === 0) return said;
  const sizes = left.map((each) => `${nameOf(each)} (${Math.ceil(each.content.length / 1024)} KB)`);
  return `${said.slice(0, 19_000)}\n\n[not kept: ${sizes.join(', ').slice(0, 900)}]`;
}

type Keepable = { bytes: Buffer; mediaType: FileDocument['mediaType']; fileName: string };

/** What may be a file, by its content. */
async function keepable({ attachments }: Pick<IncomingMail, 'attachments'>): Promise<Keepable[]> {
  const found: Keepable[] = [];
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

/** Keeps with a message what may be a file. */
export async function keepAttachments(
  tx: Tx,
  mail: Pick<IncomingMail, 'attachments'>,
  { message, ticket, visibility = 'client' }: Placed & { visibility?: FileDocument['visibility'] },
): Promise<void> {
  for (const each of await keepable(mail)) {
    await storeAttachment(tx, { ...each, message, ticket, visibility });
  }
}

function rowOf(
  tx: Tx,
  mail: IncomingMail,
  { raw, place, placed, queue }: { raw: Buffer; place: Place; placed: Placed | null; queue: Ticket['queue'] },
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
    // A robot's mail is of no use to anybody but for its headers.
    raw: raw.subarray(0, place.state === 'dropped' ? mostRawOfRobots : mostRaw),
    state: place.state,
    why: place.why,
    handledBy: null,
    handledAt: null,
    ticket: placed?.ticket ?? null,
    message: placed?.message ?? null,
  };
}
