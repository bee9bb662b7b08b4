import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/rights.ts';
import { readReceiptId, type ReadReceipt } from '#shared/tickets/read-receipt-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';

/**
 * Checks that the person may see the ticket, and that the id is readReceiptId() of person and ticket. Limits `readAt` to
 * the current time.
 * @throws DomainError 'not-found', 'invalid'
 */
export async function deriveReadReceipt(
  tx: Tx,
  { before, after }: Write<ReadReceipt>,
): Promise<Partial<ReadReceipt>> {
  const readAt = Math.min(after.readAt, tx.now);
  if (before) return { readAt };
  const { actor } = tx.writer;
  const ticket = typeof after.ticket === 'string' ? await tx.load(tickets, after.ticket) : null;
  if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
  if (after.id !== readReceiptId(actor.id, ticket.id)) throw new DomainError('invalid', 'id');
  return { person: actor.id, readAt };
}
