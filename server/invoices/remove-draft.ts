import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { authorizeRemove } from '#shared/rights.ts';
import { type Server, transact, commandBy } from '../context.ts';
import { invoices } from '#shared/invoices/schema.ts';
import type { Ok } from '#shared/ok.ts';

/** Removes a draft. An issued invoice can never be removed. @throws DomainError 'not-found', 'not-allowed' */
export async function removeDraft(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const invoice = await tx.load(invoices, id);
    if (!invoice) throw new DomainError('not-found', 'id');
    authorizeRemove(actor, 'invoices', invoice);
    await tx.remove(invoices, invoice);
  });
  return { ok: true };
}
