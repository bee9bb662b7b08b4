import { addDays, type Day } from '#shared/billing/day.ts';
import { between, type Numbers } from '../numbers.ts';

/**
 * A day on which several billing runs start in parallel. `clocks` are the runs' clocks, in milliseconds since
 * 1970.
 */
export type RoundPlan = { day: Day; clocks: number[] };

/** The year that is billed. Runs on the real day come after it. */
export const first: Day = '2025-11-01';
export const last: Day = '2026-10-31';
/** The nights in which Europe/Madrid changes to summer time and back. */
const changes: readonly Day[] = ['2026-03-29', '2026-10-25'];
const hour = 3_600_000;

/**
 * The days of the year to bill, in order, including the clock changes. Each has 2 to 8 runs, some with a
 * wrong clock.
 */
export function calendarOf(days: number, next: Numbers): RoundPlan[] {
  const chosen = new Set<Day>([...changes, last]);
  while (chosen.size < days) chosen.add(addDays(first, between(next(), 0, 364)));
  return [...chosen].sort().map((day) => {
    const isChange = changes.includes(day);
    const clocks = Array.from({ length: between(next(), 2, 9) }, () => {
      // In the night of a clock change, the runs start around the hour that is skipped or repeated.
      const at =
        Date.parse(`${day}T00:00:00Z`) +
        (isChange ? between(next(), 0, 3 * hour) : between(next(), 0, 22 * hour));
      return at + clockErrorDays(next) * 24 * hour;
    });
    return { day, clocks };
  });
}

/** The error of a clock in days. Most clocks are right, some are days behind, and some are one day ahead. */
function clockErrorDays(next: Numbers): number {
  const chance = next();
  if (chance < 0.06) return -between(next(), 1, 40);
  return chance > 0.97 ? 1 : 0;
}
