/** A calendar day, YYYY-MM-DD. These strings sort like the days. This file uses no library, because the app loads it. */
export type Day = string;

/** The number of days from one day to another. */
export function daysBetween(from: Day, to: Day): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / 86_400_000);
}

/** The day n days later (n may be negative). */
export function addDays(day: Day, n: number): Day {
  return new Date(Date.parse(`${day}T00:00:00Z`) + n * 86_400_000).toISOString().slice(0, 10);
}

/** The day `n` business days (Monday to Friday) after a day. */
export function addBusinessDays(day: Day, n: number): Day {
  let current = day;
  for (let remaining = n; remaining > 0;) {
    current = addDays(current, 1);
    const weekday = new Date(`${current}T00:00:00Z`).getUTCDay();
    if (weekday !== 0 && weekday !== 6) remaining -= 1;
  }
  return current;
}
