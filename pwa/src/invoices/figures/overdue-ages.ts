import { daysBetween, type Day } from '#shared/billing/day.ts';

/** Age groups in days after the due date, first and last day inclusive. Null: no upper limit. */
export const overdueAges: readonly (readonly [from: number, to: number | null])[] = [
  [1, 7],
  [8, 30],
  [31, 60],
  [61, null],
];

/** The first day of an invoice's age group, or null if it is not overdue. */
export function overdueAge(dueDate: Day, today: Day): number | null {
  const days = daysBetween(dueDate, today);
  return overdueAges.find(([from, to]) => days >= from && (to === null || days <= to))?.[0] ?? null;
}
