import { DomainError } from '#shared/errors.ts';
import { termsInForce } from '../settings/pages.ts';
import type { Tx } from '../context.ts';
import type { Order } from '#shared/orders/schema.ts';

/**
 * Checks that the client has accepted published terms. They need not be the newest: the order may have waited on a device.
 *
 * @throws DomainError 'terms-unpublished': nothing can be sold before there are terms; 'terms-missing'; 'invalid'
 */
export async function checkTerms({ server, transaction }: Tx, terms: Order['terms']): Promise<void> {
  if (terms === null) {
    const arePublished = (await termsInForce(server)).length > 0;
    throw new DomainError(arePublished ? 'terms-missing' : 'terms-unpublished', 'terms');
  }
  const found = await server.models.pages.count({ where: { name: 'terms', ...terms }, transaction });
  if (found === 0) throw new DomainError('invalid', 'terms');
}
