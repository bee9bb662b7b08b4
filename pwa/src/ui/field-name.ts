type Texts = { t: (key: string) => string; te: (key: string) => boolean };

/** What the screens call a field of a document, such as `identity.postcode`. Visitors have only the texts of their pages. */
export function fieldName({ t, te }: Texts, field: string): string {
  const last = field.replace(/.*\./, '');
  const key = ['fields', 'auth'].map((part) => `${part}.${last}`).find((each) => te(each));
  return key ? t(key) : field;
}
