/** One measured number, and what is expected of it. */
export type Figure = {
  name: string;
  value: number;
  /** 'ms', '/s', 'rows', …; 'x' for a ratio. */
  unit: string;
  /** The product fails where this is missed. */
  must?: number;
  goal?: number;
  /** Which way is good: must and goal are the least ('higher') or the most ('lower') allowed. */
  better: 'higher' | 'lower';
  note?: string;
  /** Why it was not measured; the value is then NaN. */
  skipped?: string;
  /** A count that depends on neither machine nor size: must is judged in the tiny form too. */
  exact?: boolean;
};

/** `tiny` only shows that the bench still works: one round with hundreds of rows at most, and no speed is judged. */
export type Size = 'full' | 'tiny';

/** What a bench is to the command line; `say` prints what is no figure (plans, progress) and is silent with --json. */
export type Bench = { run: (size: Size, say: (text: string) => void) => Promise<Figure[]> };

export type Verdict = 'ok' | 'below goal' | 'FAILS must' | '';

export function verdictOn({ value, must, goal, better }: Figure): Verdict {
  if (must === undefined && goal === undefined) return '';
  // NaN meets nothing: what was not measured fails.
  const meets = (limit: number) => (better === 'higher' ? value >= limit : value <= limit);
  if (must !== undefined && !meets(must)) return 'FAILS must';
  if (goal !== undefined && !meets(goal)) return 'below goal';
  return 'ok';
}

/** Without what the tiny form does not judge. */
export function unjudged(figure: Figure): Figure {
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

/** As names of figures and progress print numbers: 10,000. */
export function plain(count: number): string {
  return count.toLocaleString('en');
}

/** Runs the work and returns how long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
