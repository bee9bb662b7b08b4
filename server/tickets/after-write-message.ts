import { Op } from 'sequelize';
import type { Documents } from '#shared/collections.ts';
import type { Message } from '#shared/tickets/message-schema.ts';
import { workersOf, type Ticket } from '#shared/tickets/schema.ts';
import { activity } from './derive-ticket.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import { cancelEmails, queueEmail, queueEmailTo, releaseEmails } from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';

/** An answer moves its ticket on and mails the other side; notes never leave staff. */
export async function afterMessageWrite(tx: Tx, { before, after }: Change): Promise<void> {
  const message = after as unknown as Message;
  if (before) return decided(tx, before as unknown as Message, message);
  if (message.kind === 'event' || message.event) return;
  const ticket = await tx.load('tickets', message.ticket);
  if (!ticket) return;
  if (message.kind === 'answer') await showFilesOf(tx, message.id);
  if (message.kind === 'note') {
    await tx.update('tickets', ticket, activity(tx.now));
    return;
  }
  const first = await isFirst(tx, message);
  const reopens =
    message.side === 'client' &&
    ticket.status !== 'open' &&
    !(await closedByWriterLater(tx, ticket, message));
  await tx.update('tickets', ticket, {
    ...activity(tx.now),
    waitingFor: message.side === 'client' ? 'us' : 'client',
    ...(message.side === 'staff' && ticket.firstAnswerAt === null ? { firstAnswerAt: tx.now } : {}),
    ...(reopens ? { status: 'open', closedAt: null, closedBy: null, closingComment: null } : {}),
  });
  // The e-mail about a new ticket carries its first message, unless it had to go out before that came.
  const released = first ? await releaseEmails(tx, 'ticket-opened', ticket.id) : 0;
  if (released === 0 || message.side === 'staff') await mailOtherSide(tx, ticket, message);
}

/** The author of an answer that was held says whether it is mailed. One that is taken back is not. */
async function decided(tx: Tx, old: Message, { id, emailState, redacted }: Message): Promise<void> {
  if (redacted && !old.redacted) {
    await cancelEmails(tx, 'ticket-answered', [id]);
    await removeAllOf(tx, id);
  }
  if (old.emailState === emailState) return;
  if (emailState === 'due') await releaseEmails(tx, 'ticket-answered', id);
  else await cancelEmails(tx, 'ticket-answered', [id]);
}

/** A client's message on a closed ticket reopens it, unless that client closed it after writing. */
async function closedByWriterLater(tx: Tx, ticket: Ticket, message: Message): Promise<boolean> {
  if (ticket.closedBy !== message.author || ticket.closedAt === null) return false;
  const deviceTime = await closedOnDeviceAt(tx, ticket);
  // Both by one clock, where it was one device: corrected times are off by what each request took on its way.
  if (deviceTime !== null) return deviceTime >= (tx.writer.deviceTime ?? 0);
  return ticket.closedAt >= message.writtenAt;
}

/** When the ticket was closed by the clock of the device that writes now; null: on another one. */
async function closedOnDeviceAt(tx: Tx, { id, closedAt }: Ticket): Promise<number | null> {
  const row = await tx.server.models.audit.findOne({
    attributes: ['saidAt'],
    where: {
      ...{ document: id, collection: 'tickets', action: 'update' },
      device: tx.writer.device,
      writtenAt: closedAt,
    },
    order: [['id', 'DESC']],
    transaction: tx.transaction,
    raw: true,
  });
  return row ? Number((row as unknown as { deviceTime: string }).deviceTime) || null : null;
}

async function isFirst(tx: Tx, message: Message): Promise<boolean> {
  const other = await tx.server.models.messages.findOne({
    attributes: ['id'],
    where: { ticket: message.ticket, kind: 'answer', id: { [Op.ne]: message.id } },
    transaction: tx.transaction,
    raw: true,
  });
  return other === null;
}

/** A device announces the files of an answer right after it; who has no account gets them with the e-mail. */
const filesFollowMs = 5_000;

async function mailOtherSide(tx: Tx, ticket: Ticket, message: Message): Promise<void> {
  const held = message.emailState === 'held';
  const email = { kind: 'ticket-answered' as const, document: message.id, held };
  if (message.side === 'staff') {
    const client = await tx.load('people', ticket.client);
    const notBefore = tx.now + (client?.status === 'outside' ? filesFollowMs : 0);
    return queueEmailTo(tx, ticket.client, { ...email, notBefore });
  }
  const assignee = ticket.assignee ? await tx.load('people', ticket.assignee) : null;
  // Somebody who is disabled or works this queue no more gets nothing of it: then the list does.
  if (assignee?.status === 'verified' && workersOf[ticket.queue].includes(assignee.role)) {
    return queueEmailTo(tx, assignee.id, email);
  }
  const { helpdeskList, accountingList } = await settings(tx.server, tx.transaction);
  await queueEmail(tx, {
    ...email,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
}

/** Files come in before the answer that they belong to: with it its client may see them. */
async function showFilesOf(tx: Tx, message: string): Promise<void> {
  for (const file of await filesOf(tx, message)) {
    const { writtenAt } = file; // it was not written anew
    if (file.visibility === 'staff') await tx.update('files', file, { visibility: 'client', writtenAt });
  }
}

/** What came with a message that is taken back goes with it, bytes and all, and so does the mail that it came by. */
async function removeAllOf(tx: Tx, message: string): Promise<void> {
  const { server, transaction } = tx;
  for (const file of await filesOf(tx, message)) {
    await server.models.fileChunks.destroy({ where: { file: file.id }, transaction });
    await tx.remove('files', file);
  }
  const gone = { body: '', subject: '', raw: null };
  await server.models.incoming.update(gone, { where: { message }, transaction });
}

async function filesOf(tx: Tx, message: string): Promise<Documents['files'][]> {
  const rows = await tx.server.models.files.findAll({
    where: { message },
    attributes: ['id'],
    transaction: tx.transaction,
    raw: true,
  });
  const files: Documents['files'][] = [];
  for (const { id } of rows as unknown as { id: string }[]) {
    const file = await tx.load('files', id);
    if (file) files.push(file);
  }
  return files;
}
