import type { Message } from '#shared/collections/messages.ts';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/policy/scope.ts';
import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/** A message takes client and queue from its ticket and its author from the session, whatever was sent. */
export async function prepareMessage(
  unit: Unit,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  if (before) {
    if (!changed.includes('redacted')) return {};
    if (after['redacted'] !== true) throw new DomainError('illegal-move', 'redacted');
    return { body: '', writtenAt: before['writtenAt'] };
  }
  const { actor } = unit.writer;
  const { ticket: id, body } = after as unknown as Message; // parsed fields of the writer
  const ticket = typeof id === 'string' ? await unit.load('tickets', id) : null;
  if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
  if (typeof body !== 'string' || body.trim() === '') throw new DomainError('invalid', 'body', 'empty');
  return {
    client: ticket.client,
    queue: ticket.queue,
    author: actor.id,
    authorName: actor.name,
    side: actor.role === 'client' ? 'client' : 'staff',
    channel: 'app',
  };
}
