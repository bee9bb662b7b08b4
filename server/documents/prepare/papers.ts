import type { PaperDocument } from '#shared/collections/papers.ts';
import { DomainError } from '#shared/errors.ts';
import { view } from '#shared/policy/scope.ts';
import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/** A paper takes client and queue from what it belongs to, which its writer must be able to see. */
export async function preparePaper(
  unit: Unit,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const paper = after as unknown as PaperDocument; // its fields were parsed
  if (before) {
    const refuses = changed.includes('state') && paper.state === 'refused';
    if (refuses && !paper.reason?.trim()) throw new DomainError('invalid', 'reason', 'empty');
    return {};
  }
  const { actor } = unit.writer;
  if (paper.kind === 'attachment') {
    if (paper.invoice) throw new DomainError('forbidden-field', 'invoice');
    const ticket = typeof paper.ticket === 'string' ? await unit.load('tickets', paper.ticket) : null;
    if (!actor || !ticket || !view(actor, 'tickets', ticket)) throw new DomainError('not-found', 'ticket');
    // It may come before its message, which may even be refused; it never belongs to one of another ticket.
    const message = paper.message ? await unit.load('messages', paper.message) : null;
    if (message && message.ticket !== ticket.id) throw new DomainError('not-found', 'message');
    return { client: ticket.client, queue: ticket.queue };
  }
  if (paper.ticket) throw new DomainError('forbidden-field', 'ticket');
  const invoice = typeof paper.invoice === 'string' ? await unit.load('invoices', paper.invoice) : null;
  if (!actor || !invoice || !view(actor, 'invoices', invoice)) throw new DomainError('not-found', 'invoice');
  return { client: invoice.client, queue: null };
}
