import { serviceFault } from '#shared/services/service-fault.ts';
import type { Service } from '#shared/services/schema.ts';
import { DomainError } from '#shared/errors.ts';
import type { Tx } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

/** A service must be one that can be priced. What runs already keeps the price that was agreed. */
export function deriveService(_: Tx, { after }: Write): Promise<Record<string, unknown>> {
  const service = after as unknown as Partial<Service>; // of those fields that are there the form is known to be right
  // Where one is missing, the form of the whole document is refused after this.
  const { prices, options, pricedByAdmin } = service;
  const isWhole = prices !== undefined && options !== undefined && pricedByAdmin !== undefined;
  const fault = isWhole ? serviceFault({ prices, options, pricedByAdmin }) : null;
  if (fault) throw new DomainError('invalid', ...fault);
  return Promise.resolve({});
}
