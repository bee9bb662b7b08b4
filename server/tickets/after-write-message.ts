import { Op } from 'sequelize';
import type { Documents } from '#shared/collections.ts';
import type { Message } from '#shared/tickets/message-schema.ts';
import { workersOf, type Ticket } from '#shared/tickets/schema.ts';
import { activity } from './derive-ticket.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import { cancelLetters, queueLetter, queueLetterTo, releaseLetters } from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';

/** An answer moves its ticket on and mails the other side; notes never leave staff. */
export async function messageEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const message = after as unknown as Message;
  if (before) return decided(unit, before as unknown as Message, message);
  if (message.kind === 'event' || message.event) return;
  const ticket = await unit.load('tickets', message.ticket);
  if (!ticket) return;
  if (message.kind === 'answer') await showPapersOf(unit, message.id);
  if (message.kind === 'note') {
    await unit.update('tickets', ticket, activity(unit.now));
    return;
  }
  const first = await isFirst(unit, message);
  const reopens =
    message.side === 'client' &&
    ticket.status !== 'open' &&
    !(await closedByWriterLater(unit, ticket, message));
  await unit.update('tickets', ticket, {
    ...activity(unit.now),
    waitingFor: message.side === 'client' ? 'us' : 'client',
    ...(message.side === 'staff' && ticket.firstAnswerAt === null ? { firstAnswerAt: unit.now } : {}),
    ...(reopens ? { status: 'open', closedAt: null, closedBy: null, closingComment: null } : {}),
  });
  // The letter about a new ticket carries its first message, unless it had to go out before that came.
  const released = first ? await releaseLetters(unit, 'ticket-opened', ticket.id) : 0;
  if (released === 0 || message.side === 'staff') await mailOtherSide(unit, ticket, message);
}

/** The author of an answer that was held says whether it is mailed. One that is taken back is not. */
async function decided(unit: Unit, old: Message, { id, letter, redacted }: Message): Promise<void> {
  if (redacted && !old.redacted) {
    await cancelLetters(unit, 'ticket-answered', [id]);
    await removeAllOf(unit, id);
  }
  if (old.letter === letter) return;
  if (letter === 'due') await releaseLetters(unit, 'ticket-answered', id);
  else await cancelLetters(unit, 'ticket-answered', [id]);
}

/** A client's message on a closed ticket reopens it, unless that client closed it after writing. */
async function closedByWriterLater(unit: Unit, ticket: Ticket, message: Message): Promise<boolean> {
  if (ticket.closedBy !== message.author || ticket.closedAt === null) return false;
  const saidAt = await closedOnDeviceAt(unit, ticket);
  // Both by one clock, where it was one device: corrected times are off by what each request took on its way.
  if (saidAt !== null) return saidAt >= (unit.writer.saidAt ?? 0);
  return ticket.closedAt >= message.writtenAt;
}

/** When the ticket was closed by the clock of the device that writes now; null: on another one. */
async function closedOnDeviceAt(unit: Unit, { id, closedAt }: Ticket): Promise<number | null> {
  const row = await unit.server.models.audit.findOne({
    attributes: ['saidAt'],
    where: {
      ...{ document: id, collection: 'tickets', action: 'update' },
      device: unit.writer.device,
      writtenAt: closedAt,
    },
    order: [['id', 'DESC']],
    transaction: unit.transaction,
    raw: true,
  });
  return row ? Number((row as unknown as { saidAt: string }).saidAt) || null : null;
}

async function isFirst(unit: Unit, message: Message): Promise<boolean> {
  const other = await unit.server.models.messages.findOne({
    attributes: ['id'],
    where: { ticket: message.ticket, kind: 'answer', id: { [Op.ne]: message.id } },
    transaction: unit.transaction,
    raw: true,
  });
  return other === null;
}

/** A device announces the files of an answer right after it; who has no account gets them with the letter. */
const filesFollowMs = 5_000;

async function mailOtherSide(unit: Unit, ticket: Ticket, message: Message): Promise<void> {
  const held = message.letter === 'held';
  const letter = { kind: 'ticket-answered' as const, document: message.id, held };
  if (message.side === 'staff') {
    const client = await unit.load('people', ticket.client);
    const notBefore = unit.now + (client?.status === 'outside' ? filesFollowMs : 0);
    return queueLetterTo(unit, ticket.client, { ...letter, notBefore });
  }
  const assignee = ticket.assignee ? await unit.load('people', ticket.assignee) : null;
  // Somebody who is disabled or works this queue no more gets nothing of it: then the list does.
  if (assignee?.status === 'verified' && workersOf[ticket.queue].includes(assignee.role)) {
    return queueLetterTo(unit, assignee.id, letter);
  }
  const { helpdeskList, accountingList } = await settings(unit.server, unit.transaction);
  await queueLetter(unit, {
    ...letter,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
}

/** Files come in before the answer that they belong to: with it its client may see them. */
async function showPapersOf(unit: Unit, message: string): Promise<void> {
  for (const paper of await papersOf(unit, message)) {
    const { writtenAt } = paper; // it was not written anew
    if (paper.visibility === 'staff') await unit.update('papers', paper, { visibility: 'client', writtenAt });
  }
}

/** What came with a message that is taken back goes with it, bytes and all, and so does the mail that it came by. */
async function removeAllOf(unit: Unit, message: string): Promise<void> {
  const { server, transaction } = unit;
  for (const paper of await papersOf(unit, message)) {
    await server.models.paperChunks.destroy({ where: { paper: paper.id }, transaction });
    await unit.remove('papers', paper);
  }
  const gone = { body: '', subject: '', raw: null };
  await server.models.incoming.update(gone, { where: { message }, transaction });
}

async function papersOf(unit: Unit, message: string): Promise<Documents['papers'][]> {
  const rows = await unit.server.models.papers.findAll({
    where: { message },
    attributes: ['id'],
    transaction: unit.transaction,
    raw: true,
  });
  const papers: Documents['papers'][] = [];
  for (const { id } of rows as unknown as { id: string }[]) {
    const paper = await unit.load('papers', id);
    if (paper) papers.push(paper);
  }
  return papers;
}
