import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { DomainError } from '#shared/errors.ts';
import type { Person } from '#shared/people/schema.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';

/**
 * Protects the verification of a VAT number. Only staff can verify a number. The verification is kept only while number
 * and country are unchanged, whatever the owner sends.
 *
 * @throws DomainError 'invalid' for a tax treatment of 0 % without a reason
 */
export function derivePerson(
  tx: Tx,
  { before, after: person, changed }: Write<Person>,
): Promise<Partial<Person>> {
  const { taxTreatment, identity } = person;
  if (changed.includes('taxTreatment') && taxTreatment?.rate.percent === 0 && !taxTreatment.rate.reason) {
    throw new DomainError('invalid', 'taxTreatment.rate.reason');
  }
  if (!before || !changed.includes('identity') || !identity) return Promise.resolve({});
  const known = before.identity?.vatVerified ?? null;
  const isOwner = tx.writer.actor?.id === person.id;
  const sent = isOwner ? known : identity.vatVerified;
  const isNew = !isOwner && !sameValue(sent, known);
  const vatVerified = isNew || sameVat(before.identity, identity) ? sent : null;
  return Promise.resolve({ identity: { ...identity, vatVerified } });
}

function sameVat(before: BillingIdentity | null, now: BillingIdentity): boolean {
  return before !== null && before.vatNumber === now.vatNumber && before.country === now.country;
}
