import { Op, type Transaction } from 'sequelize';
import { files, type FileDocument } from '#shared/files/schema.ts';
import { people } from '#shared/people/schema.ts';
import { messages, type Message } from '#shared/tickets/message-schema.ts';
import { activityAt, noSubject } from '#shared/tickets/new-ticket.ts';
import { worksIn } from '#shared/tickets/queues.ts';
import { tickets, type Ticket } from '#shared/tickets/schema.ts';
import { aside, asideUnless } from '#sync/server/pending.ts';
import { perTransaction } from '#sync/server/per-transaction.ts';
import { findDocument, findDocuments, loadDocuments } from '#sync/server/row.ts';
import type { Server, Tx } from '../context.ts';
import { cancelEmails, queueEmail, releaseEmails } from '../email/outbox.ts';
import { findRow } from '../models/rows.ts';
import { notify } from '../people/notify.ts';
import { listOf } from '../settings/settings.ts';
import { aboutTicket } from './about-ticket.ts';
import { eraseMailOf } from './inbound-mail/stored-mail.ts';

/** Updates the ticket of a new answer and e-mails the other side. Notes are visible to staff only. */
export async function afterMessageWrite(
  tx: Tx,
  { before, after: message }: { before: Message | null; after: Message },
): Promise<void> {
  if (before) return messageChanged(tx, before, message);
  if (message.kind === 'event' || message.event) return;
  const ticket = await tx.load(tickets, message.ticket);
  if (!ticket) return;
  if (message.kind === 'note') {
    await tx.update(tickets, ticket, activityAt(tx.now));
    return;
  }
  await showFilesOf(tx, message);
  const first = await isFirst(tx, message);
  const updated = await tx.update(tickets, ticket, await ticketChanges(tx, ticket, message));
  // The e-mail about a new ticket contains its first message, unless it was sent before that message arrived.
  const released = first ? await releaseEmails(tx, 'ticket-opened', ticket.id) : 0;
  if (released === 0 || message.side === 'staff') await mailOtherSide(tx, updated, message);
}

/**
 * The fields that an answer changes in its ticket. A client's message reopens a closed
 * ticket, unless that client closed it after writing. A staff message does not.
 */
async function ticketChanges(tx: Tx, ticket: Ticket, message: Message): Promise<Partial<Ticket>> {
  const activity = activityAt(tx.now);
  if (message.side === 'staff') {
    return { ...activity, waitingFor: 'client', firstAnswerAt: ticket.firstAnswerAt ?? tx.now };
  }
  const changes = { ...activity, waitingFor: 'us' as const };
  if (ticket.status === 'open' || (await closedByWriterLater(tx, ticket, message))) return changes;
  return { ...changes, status: 'open', closedAt: null, closedBy: null, closingComment: null };
}

/** Sends or cancels the e-mail of a held answer, as its author decides. A redacted message is not e-mailed. */
async function messageChanged(tx: Tx, before: Message, after: Message): Promise<void> {
  const { id, emailState, redacted } = after;
  if (redacted && !before.redacted) {
    await cancelEmails(tx, 'ticket-answered', [id]);
    await removeContentOf(tx, after);
  }
  if (before.emailState === emailState) return;
  if (emailState === 'due') await releaseEmails(tx, 'ticket-answered', id);
  else await cancelEmails(tx, 'ticket-answered', [id]);
}

/** True if the client wrote the message first and then closed the ticket: the ticket then stays closed. */
async function closedByWriterLater(tx: Tx, ticket: Ticket, message: Message): Promise<boolean> {
  if (ticket.closedBy !== message.author || ticket.closedAt === null) return false;
  const deviceTime = await closedOnDeviceAt(tx, ticket);
  // If one device did both, compare its own clock: corrected times are off by the travel time of each request.
  if (deviceTime !== null) return deviceTime >= (tx.writer.deviceTime ?? 0);
  return ticket.closedAt >= message.writtenAt;
}

/** When the ticket was closed, by the clock of the device that writes now. Null if another device closed it. */
async function closedOnDeviceAt(tx: Tx, { id, closedAt }: Ticket): Promise<number | null> {
  const entry = await findRow(tx.server.models.audit, {
    where: {
      document: id,
      collection: tickets.name,
      action: 'update',
      device: tx.writer.device,
      writtenAt: closedAt,
    },
    order: [['id', 'DESC']],
    transaction: tx.transaction,
  });
  return entry?.deviceTime || null;
}

/** The tickets that have an answer, as far as a transaction knows. */
const answeredIn = perTransaction(() => new Set<string>());

async function isFirst({ server, transaction }: Tx, message: Message): Promise<boolean> {
  const answered = answeredIn(transaction);
  if (answered.has(message.ticket)) return false;
  answered.add(message.ticket); // by this message, if by no other
  const where = { ticket: message.ticket, kind: 'answer', id: { [Op.ne]: message.id } };
  // Answers of this transaction are in the set.
  return (await findDocument(server, messages, { where, transaction, ...aside })) === null;
}

/** True if the ticket begins with this message. */
async function isOpening({ server, transaction }: Tx, { id, ticket }: Message): Promise<boolean> {
  const order = [
    ['createdAt', 'ASC'],
    ['id', 'ASC'],
  ] as [string, string][];
  const first = await findDocument(server, messages, {
    where: { ticket, kind: 'answer' },
    order,
    transaction,
  });
  return first?.id === id;
}

/**
 * How long the e-mail of an answer to a client without an account waits. The files of the answer are attached to it, and
 * the device announces them right after the answer.
 */
const filesFollowMs = 5_000;

async function mailOtherSide(tx: Tx, ticket: Ticket, message: Message): Promise<void> {
  const held = message.emailState === 'held';
  const payload = { ...(await aboutTicket(tx, ticket)), message: message.id };
  const email = { kind: 'ticket-answered', document: message.id, payload, held } as const;
  if (message.side === 'staff') {
    const client = await tx.read(people, ticket.client);
    const notBefore = tx.now + (client?.status === 'outside' ? filesFollowMs : 0);
    return notify(tx, ticket.client, { ...email, notBefore, preference: 'answers' });
  }
  const assignee = ticket.assignee ? await tx.read(people, ticket.assignee) : null;
  // If the assignee is disabled or no longer works this queue, the e-mail goes to the queue's list.
  if (assignee?.status === 'verified' && worksIn(ticket.queue, assignee.role)) {
    return notify(tx, assignee.id, { ...email, preference: 'answers' });
  }
  await queueEmail(tx, { ...email, recipient: await listOf(tx, ticket.queue) });
}

/** The messages of a ticket with files that clients do not see yet. */
const hiddenFilesIn = perTransaction(() => new Map<string, Set<string | null>>());

/** Files can arrive before their answer. They become visible to the client once the answer is there. */
async function showFilesOf(tx: Tx, message: Message): Promise<void> {
  const { server, transaction } = tx;
  const { id, ticket } = message;
  const known = hiddenFilesIn(transaction);
  const hidden = known.get(ticket) ?? new Set(await messagesWithHiddenFiles(server, transaction, ticket));
  known.set(ticket, hidden);
  if (!hidden.has(id)) return;
  for (const file of await filesOf(tx, message)) {
    const { writtenAt } = file; // the person did not write the file again
    if (file.visibility === 'staff') await tx.update(files, file, { visibility: 'client', writtenAt });
  }
}

async function messagesWithHiddenFiles(server: Server, transaction: Transaction, ticket: string) {
  const options = { where: { ticket, visibility: 'staff' }, transaction, ...asideUnless(transaction, files) };
  return (await findDocuments(server, files, options)).map(({ message }) => message);
}

/**
 * Removes the files of a redacted message, their bytes, and the content of the e-mail that it arrived in. With the first
 * message of a ticket goes its subject, also from the audit.
 */
async function removeContentOf(tx: Tx, message: Message): Promise<void> {
  const { server, transaction } = tx;
  for (const file of await filesOf(tx, message)) {
    await server.models.fileChunks.destroy({ where: { file: file.id }, transaction });
    await tx.remove(files, file);
  }
  await eraseMailOf(tx, message.id);
  const ticket = (await isOpening(tx, message)) ? await tx.load(tickets, message.ticket) : null;
  if (!ticket) return;
  await tx.update(tickets, ticket, { subject: noSubject });
  tx.erase({ collection: tickets.name, document: ticket.id, field: 'subject' });
}

function filesOf(tx: Tx, { id, ticket }: Message): Promise<FileDocument[]> {
  return loadDocuments(tx, files, { message: id, ticket });
}
