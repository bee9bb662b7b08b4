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
};

/** What a bench is to the command line; `say` prints what is no figure (plans, progress) and is silent with --json. */
export type Bench = { run: (say: (text: string) => void) => Promise<Figure[]> };

export type Verdict = 'ok' | 'below goal' | 'FAILS must' | '';

export function verdictOn({ value, must, goal, better }: Figure): Verdict {
  if (must === undefined && goal === undefined) return '';
  // NaN meets nothing: what was not measured fails.
  const meets = (limit: number) => (better === 'higher' ? value >= limit : value <= limit);
  if (must !== undefined && !meets(must)) return 'FAILS must';
  if (goal !== undefined && !meets(goal)) return 'below goal';
  return 'ok';
}

export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The smallest of the values that at least the share `q` (0 to 1) of them does not exceed. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** Runs the work and returns how long it took, in milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}
