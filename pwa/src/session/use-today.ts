import { createSharedComposable, useEventListener } from '@vueuse/core';
import { onScopeDispose, readonly, ref, watch, type Ref } from 'vue';
import type { Day } from '#shared/billing/day.ts';
import { useSession } from './session.ts';

/** The calendar day of an instant (milliseconds) in a time zone. Uses Intl, because the library in shared is large. */
export function dayIn(instant: number, timeZone: string): Day {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    calendar: 'gregory',
    numberingSystem: 'latn',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const parts = new Map(format.formatToParts(instant).map(({ type, value }) => [type, value]));
  return `${parts.get('year')?.padStart(4, '0')}-${parts.get('month')}-${parts.get('day')}`;
}

/** In every time zone a day begins on a quarter of an hour. */
const quarterMs = 15 * 60_000;

/** The current day in a time zone. It changes at midnight there, and also after the device has slept. */
export function useDayIn(timeZone: () => string): Readonly<Ref<Day>> {
  const now = () => dayIn(Date.now(), timeZone());
  const day = ref(now());
  let timer: ReturnType<typeof setTimeout> | undefined;
  const update = () => {
    clearTimeout(timer);
    day.value = now();
    timer = setTimeout(update, quarterMs - (Date.now() % quarterMs));
  };
  watch(timeZone, update, { immediate: true, flush: 'sync' });
  useEventListener(globalThis.document, 'visibilitychange', update);
  onScopeDispose(() => clearTimeout(timer));
  return readonly(day);
}

/** Today in the provider's time zone, wherever the device is. Prices, due dates and orders go by this day. */
export const useToday = createSharedComposable(() => {
  const session = useSession();
  return useDayIn(() => session.about.timeZone);
});
