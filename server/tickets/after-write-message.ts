import { Op } from 'sequelize';
import { files, type FileDocument } from '#shared/files/schema.ts';
import { people } from '#shared/people/schema.ts';
import { messages, type Message } from '#shared/tickets/message-schema.ts';
import { activityAt } from '#shared/tickets/new-ticket.ts';
import { workersOf } from '#shared/tickets/queues.ts';
import { tickets, type Ticket } from '#shared/tickets/schema.ts';
import { findDocument, loadDocuments } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { cancelEmails, queueEmail, releaseEmails } from '../email/outbox.ts';
import { findRow } from '../models/rows.ts';
import { notify } from '../people/notify.ts';
import { listOf } from '../settings/settings.ts';
import { aboutTicket } from './about-ticket.ts';

/** An answer moves its ticket on and is mailed to the other side. Notes never leave staff. */
export async function afterMessageWrite(
  tx: Tx,
  { before, after: message }: { before: Message | null; after: Message },
): Promise<void> {
  if (before) return decided(tx, before, message);
  if (message.kind === 'event' || message.event) return;
  const ticket = await tx.load(tickets, message.ticket);
  if (!ticket) return;
  if (message.kind === 'note') {
    await tx.update(tickets, ticket, activityAt(tx.now));
    return;
  }
  await showFilesOf(tx, message.id);
  const first = await isFirst(tx, message);
  const moved = await tx.update(tickets, ticket, await movedOn(tx, ticket, message));
  // The e-mail about a new ticket carries its first message, unless it went out before that message came.
  const released = first ? await releaseEmails(tx, 'ticket-opened', ticket.id) : 0;
  if (released === 0 || message.side === 'staff') await mailOtherSide(tx, moved, message);
}

/** What an answer changes in its ticket. A client's message reopens a closed ticket, one of staff never does. */
async function movedOn(tx: Tx, ticket: Ticket, message: Message): Promise<Partial<Ticket>> {
  const activity = activityAt(tx.now);
  if (message.side === 'staff') {
    return { ...activity, waitingFor: 'client', firstAnswerAt: ticket.firstAnswerAt ?? tx.now };
  }
  const moved = { ...activity, waitingFor: 'us' as const };
  if (ticket.status === 'open' || (await closedByWriterLater(tx, ticket, message))) return moved;
  return { ...moved, status: 'open', closedAt: null, closedBy: null, closingComment: null };
}

/** The author of a held answer decides whether it is mailed. A redacted one is not. */
async function decided(tx: Tx, before: Message, { id, emailState, redacted }: Message): Promise<void> {
  if (redacted && !before.redacted) {
    await cancelEmails(tx, 'ticket-answered', [id]);
    await removeAllOf(tx, id);
  }
  if (before.emailState === emailState) return;
  if (emailState === 'due') await releaseEmails(tx, 'ticket-answered', id);
  else await cancelEmails(tx, 'ticket-answered', [id]);
}

/** True where the client who wrote the message closed the ticket after writing it: then it stays closed. */
async function closedByWriterLater(tx: Tx, ticket: Ticket, message: Message): Promise<boolean> {
  if (ticket.closedBy !== message.author || ticket.closedAt === null) return false;
  const deviceTime = await closedOnDeviceAt(tx, ticket);
  // If one device did both, its own clock decides: corrected times are off by what each request took on its way.
  if (deviceTime !== null) return deviceTime >= (tx.writer.deviceTime ?? 0);
  return ticket.closedAt >= message.writtenAt;
}

/** When the ticket was closed, by the clock of the device that writes now. Null: another device closed it. */
async function closedOnDeviceAt(tx: Tx, { id, closedAt }: Ticket): Promise<number | null> {
  const line = await findRow(tx.server.models.audit, {
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
  return line?.deviceTime || null;
}

async function isFirst({ server, transaction }: Tx, message: Message): Promise<boolean> {
  const where = { ticket: message.ticket, kind: 'answer', id: { [Op.ne]: message.id } };
  return (await findDocument(server, messages, { where, transaction })) === null;
}

/** A device announces the files of an answer right after it. Somebody without an account gets them with the e-mail. */
const filesFollowMs = 5_000;

async function mailOtherSide(tx: Tx, ticket: Ticket, message: Message): Promise<void> {
  const held = message.emailState === 'held';
  const payload = { ...(await aboutTicket(tx, ticket)), message: message.id };
  const email = { kind: 'ticket-answered', document: message.id, payload, held } as const;
  if (message.side === 'staff') {
    const client = await tx.load(people, ticket.client);
    const notBefore = tx.now + (client?.status === 'outside' ? filesFollowMs : 0);
    return notify(tx, ticket.client, { ...email, notBefore, preference: 'answers' });
  }
  const assignee = ticket.assignee ? await tx.load(people, ticket.assignee) : null;
  // An assignee who is disabled or no longer works this queue gets nothing of it: the list does.
  if (assignee?.status === 'verified' && workersOf[ticket.queue].includes(assignee.role)) {
    return notify(tx, assignee.id, { ...email, preference: 'answers' });
  }
  await queueEmail(tx, { ...email, recipient: await listOf(tx, ticket.queue) });
}

/** Files come in before the answer that they belong to. With the answer, its client may see them. */
async function showFilesOf(tx: Tx, message: string): Promise<void> {
  for (const file of await filesOf(tx, message)) {
    const { writtenAt } = file; // it was not written anew
    if (file.visibility === 'staff') await tx.update(files, file, { visibility: 'client', writtenAt });
  }
}

/** What came with a redacted message goes with it, bytes included, and so does the e-mail that it came by. */
async function removeAllOf(tx: Tx, message: string): Promise<void> {
  const { server, transaction } = tx;
  for (const file of await filesOf(tx, message)) {
    await server.models.fileChunks.destroy({ where: { file: file.id }, transaction });
    await tx.remove(files, file);
  }
  await server.models.incoming.update(
    { body: '', subject: '', raw: null },
    { where: { message }, transaction },
  );
}

function filesOf(tx: Tx, message: string): Promise<FileDocument[]> {
  return loadDocuments(tx, files, { message });
}
