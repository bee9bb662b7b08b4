import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Write } from '#sync/server/context.ts';
import { view } from '#shared/rights.ts';
import type { Tx } from '../context.ts';
import { safeFileName } from '#shared/files/file-name.ts';
import type { FileDocument } from '#shared/files/schema.ts';
import { invoices } from '#shared/invoices/schema.ts';
import { messages } from '#shared/tickets/message-schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

/**
 * Sets the client and queue of a new file from its ticket or invoice, and makes its name safe. The writer must be allowed
 * to see that document. Only the author of a message may add files to it.
 *
 * @throws DomainError that refuses the write
 */
export async function deriveFile(
  tx: Tx,
  { before, after: file, changed }: Write<FileDocument>,
): Promise<Partial<FileDocument>> {
  if (before) {
    const isRefusal = changed.includes('state') && file.state === 'refused';
    if (isRefusal && !file.reason?.trim()) throw new DomainError('invalid', 'reason', 'empty');
    return {};
  }
  const { actor } = tx.writer;
  const fileName = safeFileName(file.fileName, file.mediaType);
  if (file.kind === 'attachment') {
    if (file.invoice) throw new DomainError('forbidden-field', 'invoice');
    const ticket = typeof file.ticket === 'string' ? await tx.load(tickets, file.ticket) : null;
    if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
    // A file may arrive before its message, and the message may be refused. A message that the writer cannot see is
    // treated as one that has not arrived, so that the answer does not tell whether it exists.
    const found = file.message ? await tx.load(messages, file.message) : null;
    const message = found && view(actor, 'messages', found) ? found : null;
    if (message && (message.ticket !== ticket.id || message.author !== actor.id))
      throw new DomainError('not-found', 'message');
    await checkDailyLimit(tx, ticket.client);
    const isForClient = actor.id === ticket.client || message?.kind === 'answer';
    return {
      client: ticket.client,
      queue: ticket.queue,
      visibility: isForClient ? 'client' : 'staff',
      fileName,
    };
  }
  if (file.ticket) throw new DomainError('forbidden-field', 'ticket');
  const invoice = typeof file.invoice === 'string' ? await tx.load(invoices, file.invoice) : null;
  if (!actor || !invoice || !view(actor, 'invoices', invoice)) throw new DomainError('not-found', 'invoice');
  await checkDailyLimit(tx, invoice.client);
  return { client: invoice.client, queue: null, visibility: 'client', fileName };
}

/** The bytes that may be announced for a client per day: far more than anybody needs, far less than the disk. */
const maxBytesPerDay = 200_000_000;

async function checkDailyLimit({ server, transaction, now }: Tx, client: string): Promise<void> {
  const where = { client, createdAt: { [Op.gt]: now - 86_400_000 } };
  const bytes = await server.models.files.sum('size', { where, transaction });
  if (Number(bytes) > maxBytesPerDay) throw new DomainError('too-large', 'size');
}
