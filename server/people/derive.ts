import type { BillingIdentity, Person } from '#shared/people/schema.ts';
import { DomainError } from '#shared/errors.ts';
import type { Tx } from '#sync/server/transaction.ts';
import { sameValue } from '#sync/server/transaction.ts';
import type { Write } from '../collections.ts';

/**
 * A VAT number that its owner types counts for nothing until staff has verified it: the verification is kept only
 * while number and country stay, whatever its owner sends.
 */
export function derivePerson(
  tx: Tx,
  { before, after, changed }: Write,
): Promise<Record<string, unknown>> {
  const person = after as unknown as Person; // its fields were parsed
  const { taxTreatment } = person;
  if (changed.includes('taxTreatment') && taxTreatment?.rate.percent === 0 && !taxTreatment.rate.reason) {
    throw new DomainError('invalid', 'taxTreatment.rate.reason');
  }
  if (!before || !changed.includes('identity') || !person.identity) return Promise.resolve({});
  const old = (before as unknown as Person).identity;
  const isOwner = tx.writer.actor?.id === person.id;
  const said = isOwner ? (old?.vatVerified ?? null) : person.identity.vatVerified;
  const newlySaid = !isOwner && !sameValue(said, old?.vatVerified ?? null);
  const vatVerified = newlySaid || sameVat(old, person.identity) ? said : null;
  return Promise.resolve({ identity: { ...person.identity, vatVerified } });
}

function sameVat(old: BillingIdentity | null, now: BillingIdentity): boolean {
  return old !== null && old.vatNumber === now.vatNumber && old.country === now.country;
}
