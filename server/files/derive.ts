import { Op } from 'sequelize';
import type { PaperDocument } from '#shared/files/schema.ts';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/engine/scope.ts';
import type { Unit } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

/** A paper takes client and queue from what it belongs to, which its writer must be able to see. */
export async function preparePaper(
  tx: Unit,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const paper = after as unknown as PaperDocument; // its fields were parsed
  if (before) {
    const refuses = changed.includes('state') && paper.state === 'refused';
    if (refuses && !paper.reason?.trim()) throw new DomainError('invalid', 'reason', 'empty');
    return {};
  }
  const { actor } = tx.writer;
  if (paper.kind === 'attachment') {
    if (paper.invoice) throw new DomainError('forbidden-field', 'invoice');
    const ticket = typeof paper.ticket === 'string' ? await tx.load('tickets', paper.ticket) : null;
    if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
    // It may come before its message, which may even be refused; it never belongs to one of another ticket.
    const message = paper.message ? await tx.load('messages', paper.message) : null;
    if (message && message.ticket !== ticket.id) throw new DomainError('not-found', 'message');
    await checkDay(tx, ticket.client);
    const isForAll = actor.id === ticket.client || message?.kind === 'answer';
    return { client: ticket.client, queue: ticket.queue, visibility: isForAll ? 'client' : 'staff' };
  }
  if (paper.ticket) throw new DomainError('forbidden-field', 'ticket');
  const invoice = typeof paper.invoice === 'string' ? await tx.load('invoices', paper.invoice) : null;
  if (!actor || !invoice || !view(actor, 'invoices', invoice)) throw new DomainError('not-found', 'invoice');
  await checkDay(tx, invoice.client);
  return { client: invoice.client, queue: null, visibility: 'client' };
}

/** What may be announced for one client in a day: far above what anybody needs, far below a full disk. */
const mostADay = 200_000_000;

async function checkDay({ server, transaction, now }: Unit, client: string): Promise<void> {
  const where = { client, createdAt: { [Op.gt]: now - 86_400_000 } };
  const bytes = await server.models.papers.sum('size', { where, transaction });
  if (Number(bytes) > mostADay) throw new DomainError('too-large', 'size');
}
