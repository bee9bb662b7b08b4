import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { languages } from './language.ts';
import { fillDraft } from './page-draft.ts';
import { linkedPages } from './pages.ts';

const provider = {
  seller: {
    name: 'Atalaya Hosting SL',
    street: 'Calle de la Palma 14',
    postcode: '28004',
    city: 'Madrid',
    country: 'ES',
    taxNumber: 'B12345674',
    vatNumber: '',
    email: '',
  },
  iban: 'ES9121000418450200051332',
  contactAddress: 'hello@atalaya.example',
};
const drafts = linkedPages.flatMap((name) => languages.map((language) => [name, language] as const));
const draftOf = (name: string, language: string) =>
  readFileSync(new URL(`./page-drafts/${name}.${language}.md`, import.meta.url), 'utf8');

test.each(drafts)('the draft of the page "%s" in "%s" needs nothing but the settings', (name, language) => {
  const text = fillDraft(draftOf(name, language), provider, language);
  expect(text).toContain('Atalaya Hosting SL');
  expect(text).not.toMatch(/[{}]|___/);
});

test('a draft says where a setting is missing, and names the country in its language', () => {
  const text = fillDraft(
    draftOf('legal', 'es'),
    { ...provider, seller: { ...provider.seller, taxNumber: '' } },
    'es',
  );
  expect(text).toContain('28004 Madrid, España');
  expect(text).toContain('NIF: ______');
});
