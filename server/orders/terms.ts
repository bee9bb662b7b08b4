import { DomainError } from '#shared/errors.ts';
import { termsInForce } from '../settings/pages.ts';
import type { Tx } from '../context.ts';
import type { Order } from '#shared/orders/schema.ts';

/**
 * Checks that the accepted terms were published. They need not be the newest: the order may have waited on a device.
 *
 * @throws DomainError 'terms-missing' or 'invalid'
 */
export async function checkTerms({ server, transaction }: Tx, terms: Order['terms']): Promise<void> {
  if (terms === null) {
    if ((await termsInForce(server)).length > 0) throw new DomainError('terms-missing', 'terms');
    return;
  }
  const found = await server.models.pages.count({ where: { name: 'terms', ...terms }, transaction });
  if (found === 0) throw new DomainError('invalid', 'terms');
}
