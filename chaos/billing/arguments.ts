import { parseArgs } from 'node:util';

export type BillingRunOptions = { seed: number; days: number; clients: number; json: boolean; keep: boolean };

/**
 * Reads the command line of `npm run chaos:billing`.
 *
 * @throws Error with one sentence that names the wrong argument
 */
export function readArguments(args: string[]): BillingRunOptions {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      /** How many days of a year are billed. Both clock changes are among them. */
      days: { type: 'string', default: '20' },
      clients: { type: 'string', default: '12' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const wholeNumber = (name: 'seed' | 'days' | 'clients', least: number, most: number) => {
    const value = Number(values[name]);
    if (/^\d+$/.test(values[name]) && value >= least && value <= most) return value;
    throw new Error(`--${name} must be a whole number from ${least} to ${most} (it is "${values[name]}")`);
  };
  return {
    seed: wholeNumber('seed', 0, 2_147_483_647),
    days: wholeNumber('days', 4, 365),
    clients: wholeNumber('clients', 1, 500),
    json: values.json,
    keep: values.keep,
  };
}
