import type { BillingIdentity } from '#shared/billing/billing-identity.ts';
import { isCountry } from '#shared/billing/countries.ts';
import { dayOf } from '#shared/billing/period.ts';
import { wrongNumber } from '#shared/billing/tax-number.ts';
import type { TaxRate } from '#shared/billing/tax-rate.ts';
import { taxRateFor } from '#shared/billing/tax.ts';
import { sameValue } from '#shared/engine/same-value.ts';
import { DomainError } from '#shared/errors.ts';
import type { Person } from '#shared/people/schema.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';
import { sellerTax, settings, visitorRate } from '../settings/settings.ts';

/**
 * Checks a changed billing identity and protects what it decides: the tax. Only staff can verify a VAT number; the
 * verification is kept only while number and country are unchanged, whatever the owner sends. What a client changes never
 * lowers their tax by itself: the earlier rate holds until an accountant accepts the change.
 *
 * @throws DomainError 'invalid' for a tax treatment of 0 % without a reason, an unknown country or a wrong number
 */
export async function derivePerson(
  tx: Tx,
  { before, after: person, changed }: Write<Person>,
): Promise<Partial<Person>> {
  const { taxTreatment, identity } = person;
  if (changed.includes('taxTreatment') && taxTreatment?.rate.percent === 0 && !taxTreatment.rate.reason) {
    throw new DomainError('invalid', 'taxTreatment.rate.reason');
  }
  if (!before || !changed.includes('identity') || !identity) return {};
  if (!isCountry(identity.country)) throw new DomainError('invalid', 'identity.country');
  const wrong = wrongNumber(identity);
  if (wrong) throw new DomainError('invalid', `identity.${wrong}`);
  const known = before.identity?.vatVerified ?? null;
  const isOwner = tx.writer.actor?.id === person.id;
  const sent = isOwner ? known : identity.vatVerified;
  const isNew = !isOwner && !sameValue(sent, known);
  const vatVerified = isNew || sameVat(before.identity, identity) ? sent : null;
  const checked = { ...identity, vatVerified };
  return { identity: checked, ...(isOwner ? { taxHold: await holdFor(tx, before, checked) } : {}) };
}

/** The rate that holds after a client changed their own details, or null if the rules give no lower one. */
async function holdFor(tx: Tx, before: Person, identity: BillingIdentity): Promise<TaxRate | null> {
  const provider = await settings(tx.server, tx.transaction);
  const seller = sellerTax(provider, dayOf(tx.now, provider.timeZone));
  const ruled = before.identity ? taxRateFor(seller, before.identity) : visitorRate(provider);
  const earlier = before.taxHold ?? ruled;
  return taxRateFor(seller, identity).percent < earlier.percent ? earlier : null;
}

function sameVat(before: BillingIdentity | null, now: BillingIdentity): boolean {
  return before !== null && before.vatNumber === now.vatNumber && before.country === now.country;
}
