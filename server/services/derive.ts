import { DomainError } from '#shared/errors.ts';
import type { Service } from '#shared/services/schema.ts';
import { serviceFault } from '#shared/services/service-fault.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';

/** Checks that a service can be priced. Orders keep their agreed price. @throws DomainError 'invalid' */
export function deriveService(_: Tx, { after }: Write<Service>): Promise<Partial<Service>> {
  // A new service may lack fields here. That is refused when the whole document is parsed.
  const { prices, options, pricedByAdmin }: Partial<Service> = after;
  const isWhole = prices !== undefined && options !== undefined && pricedByAdmin !== undefined;
  const fault = isWhole ? serviceFault({ prices, options, pricedByAdmin }) : null;
  if (fault) throw new DomainError('invalid', ...fault);
  return Promise.resolve({});
}
