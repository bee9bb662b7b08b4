import { Op } from 'sequelize';
import type { Documents } from '#shared/collections.ts';
import type { Message } from '#shared/tickets/message-schema.ts';
import { workersOf, type Ticket } from '#shared/tickets/schema.ts';
import { activity } from './derive-ticket.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import { cancelLetters, queueLetter, queueLetterTo, releaseLetters } from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';

/** An answer moves its ticket on and mails the other side; notes never leave staff. */
export async function messageEffects(tx: Unit, { before, after }: Touch): Promise<void> {
  const message = after as unknown as Message;
  if (before) return decided(tx, before as unknown as Message, message);
  if (message.kind === 'event' || message.event) return;
  const ticket = await tx.load('tickets', message.ticket);
  if (!ticket) return;
  if (message.kind === 'answer') await showPapersOf(tx, message.id);
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
  // The letter about a new ticket carries its first message, unless it had to go out before that came.
  const released = first ? await releaseLetters(tx, 'ticket-opened', ticket.id) : 0;
  if (released === 0 || message.side === 'staff') await mailOtherSide(tx, ticket, message);
}

/** The author of an answer that was held says whether it is mailed. One that is taken back is not. */
async function decided(tx: Unit, old: Message, { id, letter, redacted }: Message): Promise<void> {
  if (redacted && !old.redacted) {
    await cancelLetters(tx, 'ticket-answered', [id]);
    await removeAllOf(tx, id);
  }
  if (old.letter === letter) return;
  if (letter === 'due') await releaseLetters(tx, 'ticket-answered', id);
  else await cancelLetters(tx, 'ticket-answered', [id]);
}

/** A client's message on a closed ticket reopens it, unless that client closed it after writing. */
async function closedByWriterLater(tx: Unit, ticket: Ticket, message: Message): Promise<boolean> {
  if (ticket.closedBy !== message.author || ticket.closedAt === null) return false;
  const saidAt = await closedOnDeviceAt(tx, ticket);
  // Both by one clock, where it was one device: corrected times are off by what each request took on its way.
  if (saidAt !== null) return saidAt >= (tx.writer.saidAt ?? 0);
  return ticket.closedAt >= message.writtenAt;
}

/** When the ticket was closed by the clock of the device that writes now; null: on another one. */
async function closedOnDeviceAt(tx: Unit, { id, closedAt }: Ticket): Promise<number | null> {
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
  return row ? Number((row as unknown as { saidAt: string }).saidAt) || null : null;
}

async function isFirst(tx: Unit, message: Message): Promise<boolean> {
  const other = await tx.server.models.messages.findOne({
    attributes: ['id'],
    where: { ticket: message.ticket, kind: 'answer', id: { [Op.ne]: message.id } },
    transaction: tx.transaction,
    raw: true,
  });
  return other === null;
}

/** A device announces the files of an answer right after it; who has no account gets them with the letter. */
const filesFollowMs = 5_000;

async function mailOtherSide(tx: Unit, ticket: Ticket, message: Message): Promise<void> {
  const held = message.letter === 'held';
  const letter = { kind: 'ticket-answered' as const, document: message.id, held };
  if (message.side === 'staff') {
    const client = await tx.load('people', ticket.client);
    const notBefore = tx.now + (client?.status === 'outside' ? filesFollowMs : 0);
    return queueLetterTo(tx, ticket.client, { ...letter, notBefore });
  }
  const assignee = ticket.assignee ? await tx.load('people', ticket.assignee) : null;
  // Somebody who is disabled or works this queue no more gets nothing of it: then the list does.
  if (assignee?.status === 'verified' && workersOf[ticket.queue].includes(assignee.role)) {
    return queueLetterTo(tx, assignee.id, letter);
  }
  const { helpdeskList, accountingList } = await settings(tx.server, tx.transaction);
  await queueLetter(tx, {
    ...letter,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
}

/** Files come in before the answer that they belong to: with it its client may see them. */
async function showPapersOf(tx: Unit, message: string): Promise<void> {
  for (const paper of await papersOf(tx, message)) {
    const { writtenAt } = paper; // it was not written anew
    if (paper.visibility === 'staff') await tx.update('papers', paper, { visibility: 'client', writtenAt });
  }
}

/** What came with a message that is taken back goes with it, bytes and all, and so does the mail that it came by. */
async function removeAllOf(tx: Unit, message: string): Promise<void> {
  const { server, transaction } = tx;
  for (const paper of await papersOf(tx, message)) {
    await server.models.paperChunks.destroy({ where: { paper: paper.id }, transaction });
    await tx.remove('papers', paper);
  }
  const gone = { body: '', subject: '', raw: null };
  await server.models.incoming.update(gone, { where: { message }, transaction });
}

async function papersOf(tx: Unit, message: string): Promise<Documents['papers'][]> {
  const rows = await tx.server.models.papers.findAll({
    where: { message },
    attributes: ['id'],
    transaction: tx.transaction,
    raw: true,
  });
  const papers: Documents['papers'][] = [];
  for (const { id } of rows as unknown as { id: string }[]) {
    const paper = await tx.load('papers', id);
    if (paper) papers.push(paper);
  }
  return papers;
}
