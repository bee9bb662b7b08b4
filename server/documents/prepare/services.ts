import { serviceFault } from '#shared/collections/service-fault.ts';
import type { Service } from '#shared/collections/services.ts';
import { DomainError } from '#shared/errors.ts';
import type { Unit } from '../unit.ts';
import type { Write } from './prepare.ts';

/** A service must be one that can be priced. What runs already keeps the price that was agreed. */
export function prepareService(_: Unit, { after }: Write): Promise<Record<string, unknown>> {
  const fault = serviceFault(after as unknown as Service); // its fields were parsed
  if (fault) throw new DomainError('invalid', ...fault);
  return Promise.resolve({});
}
