import fc from 'fast-check';
import { createPinia, setActivePinia } from 'pinia';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { effectScope, ref } from 'vue';
import { dayOf, startOfDay } from '#shared/billing/period.ts';
import { useSession } from './session.ts';
import { dayIn, useDayIn, useToday } from './use-today.ts';

/* The device is not in the provider's zone: in Auckland it is already tomorrow, in Los Angeles still yesterday. */

const deviceZone = process.env['TZ'];
beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal('localStorage', { getItem: () => null, setItem: () => undefined });
  setActivePinia(createPinia());
});
afterEach(() => {
  process.env['TZ'] = deviceZone;
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function at(device: string, instant: string): void {
  process.env['TZ'] = device;
  vi.setSystemTime(new Date(instant));
}

test.each([
  ['Pacific/Auckland', '2026-11-30T12:30:00Z', '2026-11-30'], // 1 December on the device
  ['America/Los_Angeles', '2026-11-30T23:30:00Z', '2026-12-01'], // 30 November on the device, and by UTC
  ['America/Los_Angeles', '2026-12-01T07:30:00Z', '2026-12-01'], // 30 November on the device
])('a device in %s at %s: today is %s, the day in Madrid', (device, instant, day) => {
  at(device, instant);
  const scope = effectScope();
  const today = scope.run(() => {
    useSession().about = { ...useSession().about, timeZone: 'Europe/Madrid' };
    return useToday();
  });
  expect(today?.value).toBe(day);
  scope.stop();
});

test('today changes at midnight in the given zone, not at midnight on the device or in UTC', () => {
  at('Pacific/Auckland', '2026-11-30T22:50:00Z');
  const scope = effectScope();
  const today = scope.run(() => useDayIn(() => 'Europe/Madrid'));
  vi.advanceTimersByTime(9 * 60_000 + 59_000);
  expect(today?.value).toBe('2026-11-30');
  vi.advanceTimersByTime(1_000);
  expect(today?.value).toBe('2026-12-01');
  vi.advanceTimersByTime(24 * 3_600_000);
  expect(today?.value).toBe('2026-12-02');
  scope.stop();
  expect(vi.getTimerCount()).toBe(0);
});

test('today changes when the server reports another time zone', () => {
  at('UTC', '2026-11-30T23:30:00Z');
  const timeZone = ref('UTC');
  const scope = effectScope();
  const today = scope.run(() => useDayIn(() => timeZone.value));
  expect(today?.value).toBe('2026-11-30');
  timeZone.value = 'Europe/Madrid';
  expect(today?.value).toBe('2026-12-01');
  scope.stop();
});

test('dayIn agrees with dayOf in shared for any instant and zone', () => {
  const zones = fc.constantFrom(...Intl.supportedValuesOf('timeZone'));
  const instants = fc.integer({ min: Date.UTC(1990, 0, 1), max: Date.UTC(2100, 0, 1) });
  fc.assert(
    fc.property(instants, zones, (instant, zone) => {
      expect(dayIn(instant, zone)).toBe(dayOf(instant, zone));
    }),
  );
});

test('in every zone a day begins on a quarter of an hour', () => {
  const odd = Intl.supportedValuesOf('timeZone').filter((zone) =>
    ['2026-01-15', '2026-04-05', '2026-07-15'].some((day) => startOfDay(day, zone) % 900_000 !== 0),
  );
  expect(odd).toEqual([]);
});
