type Texts = { t: (key: string) => string; te: (key: string) => boolean };

/** What the screens call a field of a document, such as `identity.postcode`. Visitors have only the texts of their pages. */
export function fieldName({ t, te }: Texts, field: string): string {
  const last = field.split('.').at(-1) ?? field;
  const key = [`fields.${last}`, `auth.${last}`, `fields.${field.split('.')[0] ?? field}`].find((each) =>
    te(each),
  );
  return key === undefined ? field : t(key);
}
