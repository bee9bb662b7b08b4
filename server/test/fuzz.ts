const tenMinutes = 600_000;

/**
 * How long a property is tried: `runs` times in `npm test`, ten minutes in `npm run test:long`.
 *
 * @returns parameters of fast-check, and the time limit of the test
 */
export function fuzz(runs: number): {
  parameters: { numRuns: number; interruptAfterTimeLimit?: number };
  timeout: number;
} {
  const isLong = process.env['LONG'] === '1';
  if (!isLong) return { parameters: { numRuns: runs }, timeout: 60_000 };
  return {
    parameters: { numRuns: Number.MAX_SAFE_INTEGER, interruptAfterTimeLimit: tenMinutes },
    timeout: tenMinutes + 60_000,
  };
}

/** Nobody waits longer than this for one input. In milliseconds. */
export const mostMs = 2_000;
