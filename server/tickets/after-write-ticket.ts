import { Op } from 'sequelize';
import { files } from '#shared/files/schema.ts';
import { people } from '#shared/people/schema.ts';
import { messages, type Message } from '#shared/tickets/message-schema.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { sideOf } from '#shared/tickets/queues.ts';
import { tickets, type Ticket } from '#shared/tickets/schema.ts';
import { findIds, loadDocuments } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { cancelEmails, queueEmail, undoMs, type EmailEvent } from '../email/outbox.ts';
import { notify } from '../people/notify.ts';
import { listOf, settings } from '../settings/settings.ts';
import { aboutTicket } from './about-ticket.ts';

/** The e-mail about a new ticket waits up to this long for the first message. That message releases it earlier. */
const waitForBodyMs = 60_000;

/** Sends the e-mails about a new or changed ticket. Adds an event to the thread if the status, assignee or queue changes. */
export async function afterTicketWrite(
  tx: Tx,
  { before, after: ticket }: { before: Ticket | null; after: Ticket },
): Promise<void> {
  if (!before) return opened(tx, ticket);
  if (before.status !== ticket.status) await statusChanged(tx, before, ticket);
  else if (before.closingComment !== ticket.closingComment) await closedBetween(tx, before, ticket);
  if (before.queue !== ticket.queue) await handedOver(tx, before, ticket);
  else if (before.assignee !== ticket.assignee) await assigneeChanged(tx, before, ticket);
}

async function opened(tx: Tx, ticket: Ticket): Promise<void> {
  const assignee = await nameOf(tx, ticket.assignee);
  const payload = { ...(await aboutTicket(tx, ticket)), assignee };
  const notBefore = tx.now + waitForBodyMs;
  await mailWorkers(tx, ticket, { kind: 'ticket-opened', document: ticket.id, payload, notBefore });
}

/** E-mails the queue's list, and the assignee unless the assignee made the change. */
async function mailWorkers(
  tx: Tx,
  ticket: Ticket,
  email: EmailEvent & { preference?: 'status' },
): Promise<void> {
  const { preference: _, ...event } = email;
  await queueEmail(tx, { ...event, recipient: await listOf(tx, ticket.queue) });
  await mailAssignee(tx, ticket, email);
}

async function mailAssignee(
  tx: Tx,
  { assignee }: Ticket,
  email: EmailEvent & { preference?: 'status' },
): Promise<void> {
  if (assignee && assignee !== tx.writer.actor?.id) await notify(tx, assignee, email);
}

async function statusChanged(tx: Tx, before: Ticket, ticket: Ticket): Promise<void> {
  const isOpen = ticket.status === 'open';
  // Kept in the thread, because the ticket itself has only the comment of its last closing.
  const comment = isOpen ? null : ticket.closingComment;
  const change = { what: 'status', from: before.status, to: ticket.status } as const;
  const event = await addEvent(tx, ticket, { ...change, body: comment ?? '' });
  const isClients = tx.writer.actor?.id === ticket.client;
  if (isOpen) {
    await cancelEmails(tx, 'ticket-closed', await recentEvents(tx, ticket));
    if (isClients) await mailReopened(tx, ticket, event);
    return;
  }
  if (isClients) await cancelEmails(tx, 'ticket-reopened', await recentEvents(tx, ticket));
  if (before.status !== 'open' || isClients) return;
  const { status } = ticket;
  await notify(tx, ticket.client, {
    kind: 'ticket-closed',
    document: event.id,
    payload: { ...(await aboutTicket(tx, ticket)), by: event.authorName, status, comment },
    notBefore: tx.now + undoMs,
    preference: 'status',
  });
}

/**
 * A device that was offline sends only the last state of a ticket. If somebody closed it with a comment and reopened it, or
 * reopened and closed it again, the status is as before, and only the comment tells. The thread keeps that comment.
 */
async function closedBetween(
  tx: Tx,
  { status: before, closingComment, closedBy }: Ticket,
  ticket: Ticket,
): Promise<void> {
  const { status, closingComment: body } = ticket;
  if (!body) return;
  const closed = status === 'open' ? 'closed' : status;
  // If somebody else closed it meanwhile, without a comment, this is one more closing, and nobody has reopened it.
  const wasReopened = before !== 'open' && (closingComment !== null || closedBy === tx.writer.actor?.id);
  if (wasReopened) await addEvent(tx, ticket, { what: 'status', from: before, to: 'open' });
  await addEvent(tx, ticket, { what: 'status', from: 'open', to: closed, body });
  if (status !== 'open') return;
  await addEvent(tx, ticket, { what: 'status', from: closed, to: 'open' });
  await tx.update(tickets, ticket, { closingComment: null });
}

/** E-mails the assignee, or the queue's list if there is none. A message that reopens the ticket has its own e-mail. */
async function mailReopened(tx: Tx, ticket: Ticket, event: Message): Promise<void> {
  if (tx.writer.document !== ticket.id) return;
  const email = {
    kind: 'ticket-reopened',
    document: event.id,
    payload: await aboutTicket(tx, ticket),
    notBefore: tx.now + undoMs,
  } as const;
  if (ticket.assignee) return notify(tx, ticket.assignee, { ...email, preference: 'status' });
  await queueEmail(tx, { ...email, recipient: await listOf(tx, ticket.queue) });
}

async function assigneeChanged(tx: Tx, before: Ticket, ticket: Ticket): Promise<void> {
  const [from, to] = [await nameOf(tx, before.assignee), await nameOf(tx, ticket.assignee)];
  await cancelEmails(tx, 'ticket-assigned', await recentEvents(tx, ticket));
  const event = await addEvent(tx, ticket, { what: 'assigned', from, to });
  await mailAssignee(tx, ticket, {
    kind: 'ticket-assigned',
    document: event.id,
    payload: { ...(await aboutTicket(tx, ticket)), by: event.authorName },
    notBefore: tx.now + undoMs,
    preference: 'status',
  });
}

/** Moves the ticket's messages and files to the new queue and e-mails its list and the assignee. */
async function handedOver(tx: Tx, before: Ticket, ticket: Ticket): Promise<void> {
  for (const message of await loadDocuments(tx, messages, { ticket: ticket.id })) {
    const { writtenAt } = message; // the person did not write the message again
    await tx.update(messages, message, { queue: ticket.queue, writtenAt });
  }
  for (const file of await loadDocuments(tx, files, { ticket: ticket.id })) {
    const { writtenAt } = file;
    await tx.update(files, file, { queue: ticket.queue, writtenAt });
  }
  const event = await addEvent(tx, ticket, { what: 'queue', from: before.queue, to: ticket.queue });
  const payload = { ...(await aboutTicket(tx, ticket)), by: event.authorName, queue: ticket.queue };
  const email = { kind: 'ticket-handed-over', document: event.id, payload } as const;
  await mailWorkers(tx, ticket, { ...email, preference: 'status' });
}

async function nameOf(tx: Tx, id: string | null): Promise<string | null> {
  return id ? ((await tx.read(people, id))?.displayName ?? null) : null;
}

/**
 * Ids of the thread's recent messages, events among them, whose e-mails an undo can still cancel. An e-mail about an event
 * is due after `undoMs`. Twice that time also covers an e-mail that is due but not sent yet.
 */
function recentEvents({ server, transaction, now }: Tx, { id }: Ticket): Promise<string[]> {
  const where = { ticket: id, createdAt: { [Op.gt]: now - 2 * undoMs } };
  return findIds(server, messages, { where, transaction });
}

/** Adds an event to the thread, with a comment if there is one. Assignment and queue changes are internal, so they are notes that clients cannot see. */
async function addEvent(
  tx: Tx,
  ticket: Ticket,
  { body = '', ...event }: NonNullable<Message['event']> & { body?: string },
): Promise<Message> {
  const { actor } = tx.writer;
  const message = newMessage(ticket, {
    id: tx.server.newId(),
    author: actor?.id ?? null,
    // A job acts in the name of the provider.
    authorName: actor?.name ?? (await settings(tx.server, tx.transaction)).name,
    side: actor ? sideOf(actor) : 'system',
    kind: event.what === 'status' ? 'event' : 'note',
    body,
    event,
  });
  return tx.create(messages, message);
}
