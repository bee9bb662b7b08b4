import { addDays, type Day } from '#shared/billing/day.ts';
import { between, type Numbers } from '../numbers.ts';

/** One moment at which runs look at the clock, in parallel; `clocks` are theirs, in milliseconds since 1970. */
export type Look = { day: Day; clocks: number[] };

/** The year that is billed; what runs on the real day comes after it. */
export const first: Day = '2025-11-01';
export const last: Day = '2026-10-31';
/** Nights in which Europe/Madrid goes to summer time and back. */
const changes: readonly Day[] = ['2026-03-29', '2026-10-25'];
const hour = 3_600_000;

/** Days of the year in order, the changes of the clock among them, each with 2 to 8 runs of which some have a wrong clock. */
export function calendarOf(days: number, next: Numbers): Look[] {
  const chosen = new Set<Day>([...changes, last]);
  while (chosen.size < days) chosen.add(addDays(first, between(next(), 0, 364)));
  return [...chosen].sort().map((day) => {
    const isChange = changes.includes(day);
    const clocks = Array.from({ length: between(next(), 2, 9) }, () => {
      // In the night of a change: the hour that is missing, or there twice, to the minute around it.
      const at =
        Date.parse(`${day}T00:00:00Z`) +
        (isChange ? between(next(), 0, 3 * hour) : between(next(), 0, 22 * hour));
      return at + jump(next) * 24 * hour;
    });
    return { day, clocks };
  });
}

/** Most clocks are right; some stand days behind, some ahead by one. */
function jump(next: Numbers): number {
  const chance = next();
  if (chance < 0.06) return -between(next(), 1, 40);
  return chance > 0.97 ? 1 : 0;
}
