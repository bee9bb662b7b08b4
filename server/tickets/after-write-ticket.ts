import { Op } from 'sequelize';
import type { Message } from '#shared/tickets/message-schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import {
  cancelLetters,
  queueLetter,
  queueLetterTo,
  undoMs,
  type WantedLetter,
} from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';

/** A letter about a new ticket waits this long for the first message, which releases it. */
const waitForBodyMs = 60_000;

export async function ticketEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const ticket = after as unknown as Ticket;
  const old = before as unknown as Ticket | null;
  if (!old) return opened(unit, ticket);
  if (old.status !== ticket.status) await statusChanged(unit, old, ticket);
  if (old.queue !== ticket.queue) await handedOver(unit, old, ticket);
  else if (old.assignee !== ticket.assignee) await assigneeChanged(unit, old, ticket);
}

async function opened(unit: Unit, ticket: Ticket): Promise<void> {
  const { helpdeskList, accountingList } = await settings(unit.server, unit.transaction);
  const notBefore = unit.now + waitForBodyMs;
  const letter = { kind: 'ticket-opened' as const, document: ticket.id, notBefore };
  await queueLetter(unit, {
    ...letter,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
  if (ticket.assignee && ticket.assignee !== unit.writer.actor?.id) {
    await queueLetterTo(unit, ticket.assignee, letter);
  }
}

async function statusChanged(unit: Unit, old: Ticket, ticket: Ticket): Promise<void> {
  const event = await say(unit, ticket, { what: 'status', from: old.status, to: ticket.status });
  const isClients = unit.writer.actor?.id === ticket.client;
  const notBefore = unit.now + undoMs;
  if (ticket.status === 'open') {
    await cancelLetters(unit, 'ticket-closed', await eventsOf(unit, ticket));
    if (isClients) await reopened(unit, ticket, { kind: 'ticket-reopened', document: event.id, notBefore });
    return;
  }
  if (isClients) await cancelLetters(unit, 'ticket-reopened', await eventsOf(unit, ticket));
  if (old.status !== 'open' || isClients) return;
  await queueLetterTo(unit, ticket.client, { kind: 'ticket-closed', document: event.id, notBefore });
}

/** Whoever has it is told, else the list. A message that opens it again tells so by itself. */
async function reopened(
  unit: Unit,
  ticket: Ticket,
  letter: Omit<WantedLetter, 'recipient' | 'person'>,
): Promise<void> {
  if (unit.writer.document !== ticket.id) return;
  if (ticket.assignee) return queueLetterTo(unit, ticket.assignee, letter);
  const { helpdeskList, accountingList } = await settings(unit.server, unit.transaction);
  const recipient = ticket.queue === 'billing' ? accountingList : helpdeskList;
  await queueLetter(unit, { ...letter, recipient });
}

async function assigneeChanged(unit: Unit, old: Ticket, ticket: Ticket): Promise<void> {
  const nameOf = async (id: string | null) =>
    id ? ((await unit.load('people', id))?.displayName ?? null) : null;
  const names = { from: await nameOf(old.assignee), to: await nameOf(ticket.assignee) };
  await cancelLetters(unit, 'ticket-assigned', await eventsOf(unit, ticket));
  const event = await say(unit, ticket, { what: 'assigned', ...names });
  if (ticket.assignee && ticket.assignee !== unit.writer.actor?.id) {
    const notBefore = unit.now + undoMs;
    await queueLetterTo(unit, ticket.assignee, { kind: 'ticket-assigned', document: event.id, notBefore });
  }
}

/** What letters about changes of a ticket are about: the events in its thread. */
async function eventsOf(unit: Unit, { id }: Ticket): Promise<string[]> {
  const rows = await unit.server.models.messages.findAll({
    where: { ticket: id, createdAt: { [Op.gt]: unit.now - 2 * undoMs } },
    attributes: ['id'],
    transaction: unit.transaction,
    raw: true,
  });
  return rows.map((row) => (row as unknown as { id: string }).id);
}

/** The thread goes with its ticket to who works the other queue; they are told. */
async function handedOver(unit: Unit, old: Ticket, ticket: Ticket): Promise<void> {
  for (const collection of ['messages', 'papers'] as const) {
    const rows = await unit.server.models[collection].findAll({
      where: { ticket: ticket.id },
      attributes: ['id'],
      transaction: unit.transaction,
      raw: true,
    });
    for (const { id } of rows as unknown as { id: string }[]) {
      const document = await unit.load(collection, id);
      if (!document) continue;
      const { writtenAt } = document; // it was not written anew
      await unit.update(collection, document, { queue: ticket.queue, writtenAt });
    }
  }
  const event = await say(unit, ticket, { what: 'queue', from: old.queue, to: ticket.queue });
  const { helpdeskList, accountingList } = await settings(unit.server, unit.transaction);
  const letter = { kind: 'ticket-handed-over' as const, document: event.id };
  await queueLetter(unit, {
    ...letter,
    recipient: ticket.queue === 'billing' ? accountingList : helpdeskList,
  });
  if (ticket.assignee && ticket.assignee !== unit.writer.actor?.id) {
    await queueLetterTo(unit, ticket.assignee, letter);
  }
}

/** Puts an event in line with the messages of the thread. Who has the ticket is not the client's business: a note. */
async function say(unit: Unit, ticket: Ticket, event: NonNullable<Message['event']>): Promise<Message> {
  const { actor } = unit.writer;
  // What nobody did is the provider's doing.
  const authorName = actor?.name ?? (await settings(unit.server, unit.transaction)).name;
  return unit.create('messages', {
    id: unit.server.newId(),
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
    letter: 'due',
  });
}
