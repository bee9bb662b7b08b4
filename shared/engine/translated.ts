/** A text in every language of the app. An empty one is missing. */
export type Translated = { en: string; es: string };

/** The text in the reader's language. Without one, in the other language, which is better than nothing. */
export function inLanguage({ en, es }: Translated, language: keyof Translated): string {
  return language === 'es' ? es || en : en || es;
}
