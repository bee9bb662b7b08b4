import { createI18n } from 'vue-i18n';
import { en, type Messages } from './en.ts';

export type Locale = 'en' | 'es';
const key = 'cstims.language';

/** English comes with the first page (and is the fallback); other languages are loaded when they are chosen. */
export const i18n = createI18n<[Messages], Locale, false>({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en } as Record<Locale, Messages>, // the others follow in setLocale
});

export async function setLocale(locale: Locale): Promise<void> {
  if (locale === 'es') i18n.global.setLocaleMessage('es', (await import('./es.ts')).es);
  i18n.global.locale.value = locale;
  localStorage.setItem(key, locale);
  document.documentElement.lang = locale;
}

/** The language chosen on this device, else the browser's, else English. */
export function firstLocale(): Locale {
  const chosen = localStorage.getItem(key) ?? navigator.language;
  return chosen.startsWith('es') ? 'es' : 'en';
}
