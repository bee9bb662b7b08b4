/** One measured number with its limits. */
export type Figure = {
  name: string;
  value: number;
  /** 'ms', '/s', 'rows', …; 'x' for a ratio. */
  unit: string;
  /** The bench fails if this limit is missed. */
  must?: number;
  goal?: number;
  /** The good direction: `must` and `goal` are minimums ('higher') or maximums ('lower'). */
  better: 'higher' | 'lower';
  note?: string;
  /** The reason why it was not measured; the value is then NaN. */
  skipped?: string;
  /** A count that depends on neither machine nor size, so `must` also applies in the tiny form. */
  exact?: boolean;
};

/** `tiny` only shows that the bench still works: one round with hundreds of rows at most, and speed is not judged. */
export type Size = 'full' | 'tiny';

/** A bench as the command line runs it. `log` prints plans and progress; it is silent with --json. */
export type Bench = { run: (size: Size, log: (text: string) => void) => Promise<Figure[]> };

export type Verdict = 'ok' | 'below goal' | 'FAILS must' | '';

export function verdictOn({ value, must, goal, better }: Figure): Verdict {
  if (must === undefined && goal === undefined) return '';
  // NaN meets no limit, so a value that was not measured fails.
  const meets = (limit: number) => (better === 'higher' ? value >= limit : value <= limit);
  if (must !== undefined && !meets(must)) return 'FAILS must';
  if (goal !== undefined && !meets(goal)) return 'below goal';
  return 'ok';
}

/** Removes the limits that the tiny form does not judge. */
export function withoutLimits(figure: Figure): Figure {
  return figure.exact ? figure : { ...figure, must: undefined, goal: undefined };
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest of the values that at least the share `q` (0 to 1) of them does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Formats a count for figure names and progress, for example 10,000. */
export function plain(count: number): string {
  return count.toLocaleString('en');
}

/** Runs the work and returns how long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
