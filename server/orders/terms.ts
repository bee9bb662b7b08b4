import { DomainError } from '#shared/errors.ts';
import { termsInForce } from '../settings/pages.ts';
import type { Tx } from '../context.ts';
import type { Order } from '#shared/orders/schema.ts';

/** What somebody accepted must have been published; a version that is older than the newest was waiting on the device. */
export async function checkTerms({ server, transaction }: Tx, terms: Order['terms']): Promise<void> {
  if (terms === null) {
    if ((await termsInForce(server)).length > 0) throw new DomainError('terms-missing', 'terms');
    return;
  }
  const found = await server.models.pages.count({ where: { name: 'terms', ...terms }, transaction });
  if (found === 0) throw new DomainError('invalid', 'terms');
}
