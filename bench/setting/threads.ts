import type { Documents } from '#shared/collections.ts';
import type { Pulled } from '#sync/protocol.ts';
import { activity } from '../../server/tickets/derive-ticket.ts';
import type { Somebody } from './people.ts';
import { type Server, transact } from '../../server/context.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

export type Ticket = Documents['tickets'];

/**
 * An open ticket of the queue technical with its first message, through the product's own door; its e-mails are not
 * sent.
 */
export async function openTicket(server: Server, client: Somebody, subject: string): Promise<Ticket> {
  const writer = {
    actor: { id: client.id, role: client.role, name: client.username },
    device: 'bench',
    writtenAt: server.now(),
  };
  const { result } = await transact(server, writer, async (tx) => {
    const ticket = await tx.create(tickets, {
      id: server.newId(),
      number: await tx.count('ticket'),
      order: null,
      client: client.id,
      queue: 'technical',
      subject,
      status: 'open',
      closingComment: null,
      assignee: null,
      priority: 'normal',
      waitingFor: 'us',
      ...activity(tx.now),
      closedAt: null,
      closedBy: null,
      firstAnswerAt: null,
    });
    await tx.create(messages, {
      id: server.newId(),
      ticket: ticket.id,
      client: client.id,
      queue: 'technical',
      author: client.id,
      authorName: client.username,
      side: 'client',
      kind: 'answer',
      body: 'Every page takes more than ten seconds since this morning.',
      event: null,
      channel: 'app',
      redacted: false,
      emailState: 'due',
    });
    return ticket;
  });
  await cancelEmails(server);
  return result;
}

/** E-mails that still wait are not sent: delivering them would go on beside what is measured next. */
export async function cancelEmails(server: Server): Promise<void> {
  await server.models.outbox.update({ state: 'cancelled' }, { where: { state: 'waiting' } });
}

/** An answer as the app of its author puts it into the replica, before the server has seen it. */
export function answerBy(
  author: Somebody,
  ticket: Pick<Ticket, 'id' | 'client' | 'queue'>,
  { id, body, now }: { id: string; body: string; now: number },
): Pulled {
  return {
    id,
    createdAt: now,
    updatedAt: now,
    writtenAt: now,
    seq: 0,
    ticket: ticket.id,
    client: ticket.client,
    queue: ticket.queue,
    author: author.id,
    authorName: author.username,
    side: author.id === ticket.client ? 'client' : 'staff',
    kind: 'answer',
    body,
    event: null,
    channel: 'app',
    redacted: false,
    emailState: 'due',
    _deleted: false,
  };
}
