import { Op } from 'sequelize';
import type { Message } from '#shared/tickets/message-schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import {
  cancelEmails,
  queueEmail,
  queueEmailTo,
  undoMs,
  type EmailOptions,
} from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';

/** An e-mail about a new ticket waits this long for the first message, which releases it. */
const waitForBodyMs = 60_000;

export async function afterTicketWrite(tx: Tx, { before, after }: Change): Promise<void> {
  const ticket = after as unknown as Ticket;
  const old = before as unknown as Ticket | null;
  if (!old) return opened(tx, ticket);
  if (old.status !== ticket.status) await statusChanged(tx, old, ticket);
  if (old.queue !== ticket.queue) await handedOver(tx, old, ticket);
  else if (old.assignee !== ticket.assignee) await assigneeChanged(tx, old, ticket);
}

async function opened(tx: Tx, ticket: Ticket): Promise<void> {
  const { helpdeskList, accountingList } = await settings(tx.server, tx.transaction);
  const notBefore = tx.now + waitForBodyMs;
  const email = { kind: 'ticket-opened' as const, document: ticket.id, notBefore };
  await queueEmail(tx, {
    ...email,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
  if (ticket.assignee && ticket.assignee !== tx.writer.actor?.id) {
    await queueEmailTo(tx, ticket.assignee, email);
  }
}

async function statusChanged(tx: Tx, old: Ticket, ticket: Ticket): Promise<void> {
  const event = await say(tx, ticket, { what: 'status', from: old.status, to: ticket.status });
  const isClients = tx.writer.actor?.id === ticket.client;
  const notBefore = tx.now + undoMs;
  if (ticket.status === 'open') {
    await cancelEmails(tx, 'ticket-closed', await eventsOf(tx, ticket));
    if (isClients) await reopened(tx, ticket, { kind: 'ticket-reopened', document: event.id, notBefore });
    return;
  }
  if (isClients) await cancelEmails(tx, 'ticket-reopened', await eventsOf(tx, ticket));
  if (old.status !== 'open' || isClients) return;
  await queueEmailTo(tx, ticket.client, { kind: 'ticket-closed', document: event.id, notBefore });
}

/** Whoever has it is told, else the list. A message that opens it again tells so by itself. */
async function reopened(
  tx: Tx,
  ticket: Ticket,
  email: Omit<EmailOptions, 'recipient' | 'person'>,
): Promise<void> {
  if (tx.writer.document !== ticket.id) return;
  if (ticket.assignee) return queueEmailTo(tx, ticket.assignee, email);
  const { helpdeskList, accountingList } = await settings(tx.server, tx.transaction);
  const recipient = ticket.queue === 'billing' ? accountingList : helpdeskList;
  await queueEmail(tx, { ...email, recipient });
}

async function assigneeChanged(tx: Tx, old: Ticket, ticket: Ticket): Promise<void> {
  const nameOf = async (id: string | null) =>
    id ? ((await tx.load('people', id))?.displayName ?? null) : null;
  const names = { from: await nameOf(old.assignee), to: await nameOf(ticket.assignee) };
  await cancelEmails(tx, 'ticket-assigned', await eventsOf(tx, ticket));
  const event = await say(tx, ticket, { what: 'assigned', ...names });
  if (ticket.assignee && ticket.assignee !== tx.writer.actor?.id) {
    const notBefore = tx.now + undoMs;
    await queueEmailTo(tx, ticket.assignee, { kind: 'ticket-assigned', document: event.id, notBefore });
  }
}

/** What e-mails about changes of a ticket are about: the events in its thread. */
async function eventsOf(tx: Tx, { id }: Ticket): Promise<string[]> {
  const rows = await tx.server.models.messages.findAll({
    where: { ticket: id, createdAt: { [Op.gt]: tx.now - 2 * undoMs } },
    attributes: ['id'],
    transaction: tx.transaction,
    raw: true,
  });
  return rows.map((row) => (row as unknown as { id: string }).id);
}

/** The thread goes with its ticket to who works the other queue; they are told. */
async function handedOver(tx: Tx, old: Ticket, ticket: Ticket): Promise<void> {
  for (const collection of ['messages', 'files'] as const) {
    const rows = await tx.server.models[collection].findAll({
      where: { ticket: ticket.id },
      attributes: ['id'],
      transaction: tx.transaction,
      raw: true,
    });
    for (const { id } of rows as unknown as { id: string }[]) {
      const document = await tx.load(collection, id);
      if (!document) continue;
      const { writtenAt } = document; // it was not written anew
      await tx.update(collection, document, { queue: ticket.queue, writtenAt });
    }
  }
  const event = await say(tx, ticket, { what: 'queue', from: old.queue, to: ticket.queue });
  const { helpdeskList, accountingList } = await settings(tx.server, tx.transaction);
  const email = { kind: 'ticket-handed-over' as const, document: event.id };
  await queueEmail(tx, {
    ...email,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
  if (ticket.assignee && ticket.assignee !== tx.writer.actor?.id) {
    await queueEmailTo(tx, ticket.assignee, email);
  }
}

/** Puts an event in line with the messages of the thread. Who has the ticket is not the client's business: a note. */
async function say(tx: Tx, ticket: Ticket, event: NonNullable<Message['event']>): Promise<Message> {
  const { actor } = tx.writer;
  // What nobody did is the provider's doing.
  const authorName = actor?.name ?? (await settings(tx.server, tx.transaction)).name;
  return tx.create('messages', {
    id: tx.server.newId(),
    ticket: ticket.id,
    client: ticket.client,
    queue: ticket.queue,
    author: actor?.id ?? null,
    authorName,
    side: actor ? (actor.role === 'client' ? 'client' : 'staff') : 'system',
    kind: event.what === 'status' ? 'event' : 'note',
    body: '',
    event,
    channel: 'app',
    redacted: false,
    emailState: 'due',
  });
}
