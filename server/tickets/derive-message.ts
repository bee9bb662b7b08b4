import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/rights.ts';
import type { Message } from '#shared/tickets/message-schema.ts';
import { tickets, type Ticket } from '#shared/tickets/schema.ts';
import type { Write } from '#sync/server/context.ts';
import { aside } from '#sync/server/pending.ts';
import type { Tx } from '../context.ts';
import { settings } from '../settings/settings.ts';
import { sideOf } from '#shared/tickets/queues.ts';

/**
 * Derives a message's client and queue from its ticket and its author from the session. Values that the device sent for
 * these fields are ignored. Redacting a message removes its text.
 * @throws DomainError 'not-found', 'invalid', 'illegal-move'
 */
export async function deriveMessage(
  tx: Tx,
  { before, after, changed }: Write<Message>,
): Promise<Partial<Message>> {
  if (before) {
    const { writtenAt } = before; // when the message was written, not when it was changed
    if (!changed.includes('redacted')) return { writtenAt };
    if (!after.redacted) throw new DomainError('illegal-move', 'redacted');
    return { body: '', writtenAt };
  }
  const { actor, origin } = tx.writer;
  const { ticket: id, body } = after;
  const ticket = typeof id === 'string' ? await tx.load(tickets, id) : null;
  if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
  if (typeof body !== 'string' || body.trim() === '') throw new DomainError('invalid', 'body', 'empty');
  const side = sideOf(actor);
  return {
    emailState: side === 'staff' && after.kind === 'answer' && (await isLate(tx, ticket)) ? 'held' : 'due',
    client: ticket.client,
    queue: ticket.queue,
    author: actor.id,
    authorName: actor.name,
    side,
    channel: origin === 'mail' ? 'email' : 'app',
  };
}

const hourMs = 3_600_000;

/**
 * True if the author should confirm an answer before it is e-mailed: the answer was written long before it arrived, or
 * another staff member answered in the meantime and the author could not know that.
 */
async function isLate(tx: Tx, { id: ticket, lastActivityAt }: Ticket): Promise<boolean> {
  const { server, transaction, writer, now } = tx;
  const delayMs = now - writer.writtenAt;
  // The minimum of the setting is one hour, so newer answers do not need to read it.
  if (delayMs > hourMs && delayMs > (await settings(server, transaction)).holdHours * hourMs) return true;
  if (lastActivityAt <= writer.writtenAt) return false;
  const others = await server.models.messages.count({
    where: {
      ticket,
      kind: 'answer',
      side: 'staff',
      author: { [Op.ne]: writer.actor?.id ?? null },
      createdAt: { [Op.gt]: writer.writtenAt },
    },
    transaction,
    ...aside, // what this transaction writes is the author's own
  });
  return others > 0;
}
