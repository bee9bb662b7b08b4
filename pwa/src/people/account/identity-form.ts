import { isCountry } from '#shared/billing/countries.ts';
import { cleanTaxNumber, wrongNumber } from '#shared/billing/tax-number.ts';
import { billingIdentity, type BillingIdentity } from '#shared/billing/billing-identity.ts';

/** A billing identity as a form. */
export type IdentityForm = Omit<BillingIdentity, 'vatVerified'>;

export function formOf(identity: BillingIdentity | null): IdentityForm {
  const empty: IdentityForm = {
    kind: 'person',
    legalName: '',
    street: '',
    postcode: '',
    city: '',
    country: 'ES',
    taxNumber: '',
    vatNumber: '',
  };
  if (!identity) return empty;
  const { vatVerified: _, ...rest } = identity;
  return rest;
}

/** The parsed identity, or the names of all invalid fields. */
export function identityOf(
  form: IdentityForm,
  vatVerified: BillingIdentity['vatVerified'],
): { identity: BillingIdentity } | { wrong: string[] } {
  const trimmed = Object.fromEntries(Object.entries(form).map(([field, value]) => [field, value.trim()]));
  const parsed = billingIdentity.safeParse({
    ...trimmed,
    taxNumber: cleanTaxNumber(form.taxNumber, form.country),
    vatNumber: form.vatNumber.replace(/[\s.-]/g, '').toUpperCase(),
    vatVerified,
  });
  if (parsed.success) {
    const wrong = isCountry(parsed.data.country) ? wrongNumber(parsed.data) : 'country';
    return wrong ? { wrong: [wrong] } : { identity: parsed.data };
  }
  return { wrong: parsed.error.issues.map(({ path }) => String(path[0] ?? '')) };
}
