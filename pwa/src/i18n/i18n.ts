import { createI18n } from 'vue-i18n';
import type { AdminMessages } from './admin-en.ts';
import type { AppMessages } from './app-en.ts';
import type { AuthMessages } from './auth-en.ts';
import type { EmailMessages } from './email-en.ts';
import { compileMessage } from './message-format.ts';
import { firstEn, type FirstMessages } from './first-en.ts';
import type { LandingMessages } from './landing-en.ts';
import type { PaletteMessages } from './palette-en.ts';
import type { SyncIssuesMessages } from './sync-issues-en.ts';

export type Locale = 'en' | 'es';
type Messages = FirstMessages &
  LandingMessages &
  AuthMessages &
  AppMessages &
  SyncIssuesMessages &
  EmailMessages &
  PaletteMessages &
  AdminMessages;
const key = 'cstims.language';

/**
 * The English texts of the sign-in page are part of the first page and are the fallback. Other languages are loaded when
 * chosen, and the texts of other pages with the first page that needs them.
 */
export const i18n = createI18n<[Messages], Locale, false>({
  legacy: false,
  messageCompiler: compileMessage,
  locale: 'en',
  fallbackLocale: 'en',
  messages: { en: firstEn } as unknown as Record<Locale, Messages>, // the rest is loaded before it is shown
});

/** Texts that are loaded lazily, by language and part of the app. */
const lazyParts = {
  en: {
    auth: async () => (await import('./auth-en.ts')).authEn,
    landing: async () => (await import('./landing-en.ts')).landingEn,
    inside: async () => (await import('./app-en.ts')).appEn,
    admin: async () => (await import('./admin-en.ts')).adminEn,
    syncIssues: async () => (await import('./sync-issues-en.ts')).syncIssuesEn,
    email: async () => (await import('./email-en.ts')).emailEn,
    palette: async () => (await import('./palette-en.ts')).paletteEn,
  },
  es: {
    auth: async () => (await import('./auth-es.ts')).authEs,
    landing: async () => (await import('./landing-es.ts')).landingEs,
    inside: async () => (await import('./app-es.ts')).appEs,
    admin: async () => (await import('./admin-es.ts')).adminEs,
    syncIssues: async () => (await import('./sync-issues-es.ts')).syncIssuesEs,
    email: async () => (await import('./email-es.ts')).emailEs,
    palette: async () => (await import('./palette-es.ts')).paletteEs,
  },
};
type Part = keyof (typeof lazyParts)['en'];
const loadedParts = new Map<Part, Promise<void>>();

export async function setLocale(locale: Locale): Promise<void> {
  if (locale === 'es') i18n.global.mergeLocaleMessage('es', (await import('./first-es.ts')).firstEs);
  await Promise.all([...loadedParts.keys()].map((part) => load(locale, part)));
  i18n.global.locale.value = locale;
  localStorage.setItem(key, locale);
  document.documentElement.lang = locale;
}

/** Loads the texts of parts of the app, in the current language and in the fallback. */
export async function loadMessages(...parts: Part[]): Promise<void> {
  // Stored before they are awaited, so that a second caller waits for the same texts.
  for (const part of parts) {
    if (loadedParts.has(part)) continue;
    const loading = loadPart(part);
    loadedParts.set(part, loading);
    loading.catch(() => loadedParts.delete(part)); // loaded again when it is needed again
  }
  await Promise.all(parts.map((part) => loadedParts.get(part) ?? Promise.resolve()));
}

async function loadPart(part: Part): Promise<void> {
  const locales = new Set<Locale>(['en', i18n.global.locale.value]);
  await Promise.all([...locales].map((locale) => load(locale, part)));
}

async function load(locale: Locale, part: Part): Promise<void> {
  i18n.global.mergeLocaleMessage(locale, await lazyParts[locale][part]());
}

/** The language chosen on this device, or else the browser's, or else English. */
export function firstLocale(): Locale {
  const chosen = localStorage.getItem(key) ?? navigator.language;
  return chosen.startsWith('es') ? 'es' : 'en';
}
