import { Temporal } from 'temporal-polyfill';
import type { BillingPeriod } from './billing-period.ts';
import { daysBetween, type Day } from './day.ts';

export type Rhythm = {
  anchor: Day;
  billingPeriod: Exclude<BillingPeriod, 'once'>;
  alignment: 'anniversary' | 'calendar';
};

/** The days [start, end), and the number of days of the whole period that they belong to. */
export type Period = { start: Day; end: Day; fullDays: number };

const months = { month: 1, quarter: 3, year: 12 };

/**
 * Period k of an order (k = 0, 1, …). Each boundary is computed from the anchor, never from the previous boundary, and
 * clamped to the month's last day: 31 January, 28 February, 31 March.
 * With calendar alignment, the first period ends at the first calendar boundary after the anchor.
 */
export function period(rhythm: Rhythm, k: number): Period {
  const first = calendarStart(rhythm.anchor, rhythm.billingPeriod);
  if (rhythm.alignment === 'anniversary' || first === rhythm.anchor) {
    const start = addPeriods(rhythm.anchor, rhythm.billingPeriod, k);
    const end = addPeriods(rhythm.anchor, rhythm.billingPeriod, k + 1);
    return { start, end, fullDays: daysBetween(start, end) };
  }
  const whole = addPeriods(first, rhythm.billingPeriod, k);
  const end = addPeriods(first, rhythm.billingPeriod, k + 1);
  return { start: k === 0 ? rhythm.anchor : whole, end, fullDays: daysBetween(whole, end) };
}

/** The period of an order that contains a day. For a day before the anchor it is the first period. */
export function periodAt(rhythm: Rhythm, day: Day): Period {
  const { anchor, billingPeriod } = rhythm;
  const whole = Temporal.PlainDate.from(anchor).until(day, { largestUnit: 'months' }).months;
  // Because of clamped months and calendar periods, this estimate is off by at most one.
  for (let k = Math.max(0, Math.floor(whole / months[billingPeriod]) - 1); ; k += 1) {
    const found = period(rhythm, k);
    if (day < found.end) return found;
  }
}

/** The first day of the calendar month, quarter or year that contains the day. */
function calendarStart(day: Day, billingPeriod: Rhythm['billingPeriod']): Day {
  const date = Temporal.PlainDate.from(day);
  const month = date.month - ((date.month - 1) % months[billingPeriod]);
  return date.with({ month, day: 1 }).toString();
}

function addPeriods(day: Day, billingPeriod: Rhythm['billingPeriod'], k: number): Day {
  return Temporal.PlainDate.from(day)
    .add({ months: k * months[billingPeriod] }, { overflow: 'constrain' })
    .toString();
}

/** The instant (milliseconds) at which a calendar day begins in a time zone. */
export function startOfDay(day: Day, timeZone: string): number {
  return Temporal.PlainDate.from(day).toZonedDateTime(timeZone).epochMilliseconds;
}

/** The calendar day of an instant (milliseconds) in a time zone. */
export function dayOf(instant: number, timeZone: string): Day {
  return Temporal.Instant.fromEpochMilliseconds(instant)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
}
