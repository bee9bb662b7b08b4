/**
 * How long to wait before work that failed is tried again: twice as long after each failure, up to `longest`.
 *
 * @param attempt how many waits there were before this one
 * @param first the first wait, in milliseconds
 * @param random 0 to 1, a share of the wait: many that failed together do not all come back together
 */
export function backoff({ attempt, first, longest, random = 1 }: Backoff): number {
  return Math.min(first * 2 ** attempt, longest) * random;
}

export type Backoff = { attempt: number; first: number; longest: number; random?: number };
