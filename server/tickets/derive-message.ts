import { Op } from 'sequelize';
import type { Message } from '#shared/tickets/message-schema.ts';
import type { Ticket } from '#shared/tickets/schema.ts';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/engine/scope.ts';
import { settings } from '../settings/settings.ts';
import type { Tx } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

/** A message takes client and queue from its ticket and its author from the session, whatever was sent. */
export async function deriveMessage(
  tx: Tx,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  if (before) {
    const { writtenAt } = before; // when the message was written, not when it was last touched
    if (!changed.includes('redacted')) return { writtenAt };
    if (after['redacted'] !== true) throw new DomainError('illegal-move', 'redacted');
    return { body: '', writtenAt };
  }
  const { actor } = tx.writer;
  const { ticket: id, body } = after as unknown as Message; // parsed fields of the writer
  const ticket = typeof id === 'string' ? await tx.load('tickets', id) : null;
  if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
  if (typeof body !== 'string' || body.trim() === '') throw new DomainError('invalid', 'body', 'empty');
  const answersClient = actor.role !== 'client' && (after as unknown as Message).kind === 'answer';
  return {
    emailState: answersClient && (await isLate(tx, ticket)) ? 'held' : 'due',
    client: ticket.client,
    queue: ticket.queue,
    author: actor.id,
    authorName: actor.name,
    side: actor.role === 'client' ? 'client' : 'staff',
    channel: tx.writer.channel ?? 'app',
  };
}

const hourMs = 3_600_000;

/**
 * True for an answer that the client should not get by mail unasked: it was written long before it came in, or
 * somebody else of staff answered meanwhile, which its author could not know.
 */
async function isLate(tx: Tx, { id: ticket, lastActivityAt }: Ticket): Promise<boolean> {
  const { server, transaction, writer, now } = tx;
  const waited = now - writer.writtenAt;
  // An hour is the least that the setting can be.
  if (waited > hourMs && waited > (await settings(server, transaction)).holdHours * hourMs) return true;
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
  });
  return others > 0;
}
