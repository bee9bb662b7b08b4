import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { authorizeRemove } from '#shared/engine/authorize.ts';
import type { Ok } from '#shared/settings/api-types.ts';
import type { Server } from '../context.ts';
import { inTransactionAs } from '#sync/server/transaction.ts';

/** Removes a draft, which is nothing yet; what was issued stays for ever. @throws DomainError 'not-found', 'not-allowed' */
export async function removeDraft(server: Server, actor: Actor, id: string): Promise<Ok> {
  const writer = { actor, device: 'server', writtenAt: server.now() };
  await inTransactionAs(server, writer, async (tx) => {
    const invoice = await tx.load('invoices', id);
    if (!invoice) throw new DomainError('not-found', 'id');
    authorizeRemove(actor, 'invoices', invoice);
    await tx.remove('invoices', invoice);
  });
  return { ok: true };
}
