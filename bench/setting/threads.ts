import type { Documents } from '#shared/collections.ts';
import type { Pulled } from '#sync/protocol.ts';
import type { BenchPerson } from './people.ts';
import { type Server, transact } from '../../server/context.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { newMessage } from '#shared/tickets/new-message.ts';
import { newTicket } from '#shared/tickets/new-ticket.ts';
import { tickets } from '#shared/tickets/schema.ts';

export type Ticket = Documents['tickets'];

/**
 * Creates an open ticket in the technical queue with its first message, through the product's own write path.
 * Its e-mails are not sent.
 */
export async function openTicket(server: Server, client: BenchPerson, subject: string): Promise<Ticket> {
  const writer = {
    actor: { id: client.id, role: client.role, name: client.username },
    device: 'bench',
    writtenAt: server.now(),
  };
  const { result } = await transact(server, writer, async (tx) => {
    const input = { id: server.newId(), client: client.id, queue: 'technical', subject } as const;
    const ticket = await tx.create(
      tickets,
      newTicket({ ...input, number: await tx.count('ticket') }, tx.now),
    );
    const body = 'Every page takes more than ten seconds since this morning.';
    await tx.create(messages, messageBy(client, ticket, { id: server.newId(), body }));
    return ticket;
  });
  await cancelEmails(server);
  return result;
}

/** Cancels pending e-mails, because their delivery would disturb the next measurement. */
export async function cancelEmails(server: Server): Promise<void> {
  await server.models.outbox.update({ state: 'cancelled' }, { where: { state: 'scheduled' } });
}

/** An answer as its author's app puts it into the replica, before the server has seen it. */
export function answerBy(
  author: BenchPerson,
  ticket: Pick<Ticket, 'id' | 'client' | 'queue'>,
  { id, body, now }: { id: string; body: string; now: number },
): Pulled {
  const times = { createdAt: now, updatedAt: now, writtenAt: now, seq: 0 };
  return { ...messageBy(author, ticket, { id, body }), ...times, _deleted: false };
}

function messageBy(
  { id: author, username: authorName }: BenchPerson,
  ticket: Pick<Ticket, 'id' | 'client' | 'queue'>,
  { id, body }: { id: string; body: string },
) {
  const side = author === ticket.client ? 'client' : 'staff';
  return newMessage(ticket, { id, author, authorName, side, kind: 'answer', body });
}
