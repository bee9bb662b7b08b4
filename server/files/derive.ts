import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Write } from '#sync/server/context.ts';
import { view } from '#shared/rights.ts';
import type { Tx } from '../context.ts';
import type { FileDocument } from '#shared/files/schema.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

/** A file takes client and queue from what it belongs to, which its writer must be able to see. */
export async function deriveFile(
  tx: Tx,
  { before, after: file, changed }: Write<FileDocument>,
): Promise<Partial<FileDocument>> {
  if (before) {
    const refuses = changed.includes('state') && file.state === 'refused';
    if (refuses && !file.reason?.trim()) throw new DomainError('invalid', 'reason', 'empty');
    return {};
  }
  const { actor } = tx.writer;
  if (file.kind === 'attachment') {
    if (file.invoice) throw new DomainError('forbidden-field', 'invoice');
    const ticket = typeof file.ticket === 'string' ? await tx.load(tickets, file.ticket) : null;
    if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
    // It may come before its message, which may even be refused; it never belongs to one of another ticket.
    const message = file.message ? await tx.load(messages, file.message) : null;
    if (message && message.ticket !== ticket.id) throw new DomainError('not-found', 'message');
    await checkDay(tx, ticket.client);
    const isForAll = actor.id === ticket.client || message?.kind === 'answer';
    return { client: ticket.client, queue: ticket.queue, visibility: isForAll ? 'client' : 'staff' };
  }
  if (file.ticket) throw new DomainError('forbidden-field', 'ticket');
  const invoice = typeof file.invoice === 'string' ? await tx.load(invoices, file.invoice) : null;
  if (!actor || !invoice || !view(actor, 'invoices', invoice)) throw new DomainError('not-found', 'invoice');
  await checkDay(tx, invoice.client);
  return { client: invoice.client, queue: null, visibility: 'client' };
}

/** What may be announced for one client in a day: far above what anybody needs, far below a full disk. */
const mostADay = 200_000_000;

async function checkDay({ server, transaction, now }: Tx, client: string): Promise<void> {
  const where = { client, createdAt: { [Op.gt]: now - 86_400_000 } };
  const bytes = await server.models.files.sum('size', { where, transaction });
  if (Number(bytes) > mostADay) throw new DomainError('too-large', 'size');
}
