/**
 * Exponential backoff: how long to wait before failed work is tried again, in milliseconds. The wait doubles after each
 * failure, up to `longest`.
 *
 * @param attempt number of waits before this one
 * @param first the first wait, in milliseconds
 * @param random factor from 0 to 1, so that clients that failed together do not all retry at the same time
 */
export function backoff({ attempt, first, longest, random = 1 }: Backoff): number {
  return Math.min(first * 2 ** attempt, longest) * random;
}

export type Backoff = { attempt: number; first: number; longest: number; random?: number };
