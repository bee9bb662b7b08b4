import { computed } from 'vue';
import { clientTaxRate } from '#shared/billing/tax.ts';
import type { Person } from '#shared/people/schema.ts';
import type { IdentityForm } from '../people/account/identity-form.ts';
import { useSession } from '../session/session.ts';

/**
 * The tax of an order while its client still types their billing details, in hundredths of a percent; null: unknown.
 *
 * @param client who orders
 * @param typed the billing details as typed so far; null: the client's own are known
 */
export function useOrderTax(client: () => Person, typed: () => IdentityForm | null) {
  const session = useSession();
  const rateOf = (identity: IdentityForm | null) => {
    const { sellerTax, taxPercent } = session.about;
    if (!sellerTax) return taxPercent;
    const { taxTreatment = null, taxHold = null, identity: known = null } = client();
    // Nothing that was typed here is verified yet.
    const buyer = identity ? { ...identity, vatVerified: null } : known;
    return clientTaxRate(sellerTax, { identity: buyer, taxTreatment, taxHold })?.percent ?? taxPercent;
  };
  return {
    percent: computed(() => rateOf(typed())),
    /** What the tax would be in a country. */
    percentIn: (country: string) => {
      const identity = typed();
      return identity ? rateOf({ ...identity, country }) : null;
    },
  };
}
