import { readReceiptId, type ReadReceipt } from '#shared/tickets/read-receipt-schema.ts';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/engine/scope.ts';
import type { Tx } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

/** A mark is on a ticket that its person may see, has the id that both give, and is never of a time to come. */
export async function deriveReadReceipt(tx: Tx, { before, after }: Write): Promise<Record<string, unknown>> {
  const { actor } = tx.writer;
  const mark = after as unknown as ReadReceipt; // its fields were parsed
  const readAt = Math.min(mark.readAt, tx.now);
  if (before) return { readAt };
  const ticket = typeof mark.ticket === 'string' ? await tx.load('tickets', mark.ticket) : null;
  if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
  if (mark.id !== readReceiptId(actor.id, ticket.id)) throw new DomainError('invalid', 'id');
  return { person: actor.id, readAt };
}
