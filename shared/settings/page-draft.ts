import type { Language } from './language.ts';
import type { SettingsForm } from './settings-form.ts';

/** What a draft leaves open where a setting is empty. */
const blank = '______';

/**
 * Fills a draft of a public page with the settings of the provider. The drafts are in page-drafts/, one file for each page
 * and language, with fields such as {seller}.
 */
export function fillDraft(
  draft: string,
  { seller, iban, contactAddress }: Pick<SettingsForm, 'seller' | 'iban' | 'contactAddress'>,
  language: Language,
): string {
  const { name, street, postcode, city, taxNumber } = seller;
  const country = seller.country && new Intl.DisplayNames(language, { type: 'region' }).of(seller.country);
  const values: Record<string, string> = {
    seller: name,
    address: [street, [postcode, city].filter(Boolean).join(' '), country].filter(Boolean).join(', '),
    taxNumber,
    email: seller.email || contactAddress,
    iban,
  };
  return draft.replace(/\{(\w+)\}/g, (_, field: string) => values[field] || blank);
}
