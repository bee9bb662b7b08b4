import { parseArgs } from 'node:util';

export type Wanted = { seed: number; days: number; clients: number; json: boolean; keep: boolean };

/** @throws Error with one sentence that names the argument */
export function readArguments(args: string[]): Wanted {
  const { values } = parseArgs({
    args,
    options: {
      seed: { type: 'string', default: '1' },
      /** How many days of a year are billed, with both changes of the clock among them. */
      days: { type: 'string', default: '20' },
      clients: { type: 'string', default: '12' },
      json: { type: 'boolean', default: false },
      keep: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'seed' | 'days' | 'clients', least: number, most: number) => {
    const value = Number(values[name]);
    if (/^\d+$/.test(values[name]) && value >= least && value <= most) return value;
    throw new Error(`--${name} must be a whole number from ${least} to ${most} (it is "${values[name]}")`);
  };
  return {
    seed: whole('seed', 0, 2_147_483_647),
      days: whole('days', 4, 365),
      clients: whole('clients', 1, 500),,
    json: values.json, keep: values.keep,
  };
}
