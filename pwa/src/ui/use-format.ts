import { computed } from 'vue';
import { useI18n } from 'vue-i18n';
import { formatMoney } from '#shared/billing/money.ts';
import { addDays } from '#shared/billing/day.ts';
import { useNow } from './use-now.ts';

/** Formats times, days and money in the chosen language. */
export function useFormat() {
  const { locale } = useI18n();
  const now = useNow();
  const tag = computed(() => (locale.value === 'es' ? 'es-ES' : 'en-GB'));
  const language = computed((): 'en' | 'es' => (locale.value === 'es' ? 'es' : 'en'));
  const clockFormat = computed(
    () => new Intl.DateTimeFormat(tag.value, { hour: '2-digit', minute: '2-digit' }),
  );
  const dateFormat = computed(() => new Intl.DateTimeFormat(tag.value, { day: 'numeric', month: 'short' }));
  const fullFormat = computed(
    () => new Intl.DateTimeFormat(tag.value, { dateStyle: 'medium', timeStyle: 'short' }),
  );
  const dayFormat = computed(
    () => new Intl.DateTimeFormat(tag.value, { dateStyle: 'medium', timeZone: 'UTC' }),
  );

  return {
    language,
    /** 09:41 for today, with the date for other days: 14 Nov, 09:41. */
    time: (at: number) =>
      new Date(at).toDateString() === new Date(now.value).toDateString()
        ? clockFormat.value.format(at)
        : `${dateFormat.value.format(at)}, ${clockFormat.value.format(at)}`,
    clock: (at: number) => clockFormat.value.format(at),
    full: (at: number) => fullFormat.value.format(at),
    /** The shortest form of an age: 12m, 3h, 5d, then the date. */
    ago: (at: number) => {
      const minutes = Math.max(0, Math.round((now.value - at) / 60_000));
      if (minutes < 60) return `${minutes}m`;
      if (minutes < 24 * 60) return `${Math.floor(minutes / 60)}h`;
      if (minutes < 7 * 24 * 60) return `${Math.floor(minutes / 1440)}d`;
      return dateFormat.value.format(at);
    },
    /** A duration (ms) in its largest unit: 25 min, 3 hr, 5 days. */
    span: (ms: number) => {
      const minutes = Math.max(0, Math.round(ms / 60_000));
      const [value, unit] =
        minutes < 60
          ? [minutes, 'minute']
          : minutes < 1440
            ? [Math.floor(minutes / 60), 'hour']
            : [Math.floor(minutes / 1440), 'day'];
      return new Intl.NumberFormat(tag.value, { style: 'unit', unit, unitDisplay: 'short' }).format(value);
    },
    /** A calendar day (YYYY-MM-DD), independent of the time zone. */
    day: (day: string) => dayFormat.value.format(new Date(`${day}T00:00:00Z`)),
    /** The half-open range [from, to) as first and last day. */
    period: (from: string, to: string) =>
      dayFormat.value.formatRange(new Date(`${from}T00:00:00Z`), new Date(`${addDays(to, -1)}T00:00:00Z`)),
    money: (minor: number, currency = 'EUR') => formatMoney(minor, currency, language.value),
  };
}
