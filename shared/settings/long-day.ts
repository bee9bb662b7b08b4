import type { Language } from './language.ts';
import type { Day } from '../billing/day.ts';

const format = (locale: string) => new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
/** Created once, because creating a formatter takes about a hundred times as long as using it. */
const formats: Record<Language, Intl.DateTimeFormat> = { en: format('en-GB'), es: format('es-ES') };

/** A day in words, for e-mails and invoices: 1 March 2026, 1 de marzo de 2026. */
export function longDay(day: Day, language: Language): string {
  return formats[language].format(new Date(`${day}T00:00:00Z`));
}
