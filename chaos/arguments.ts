import { parseArgs } from 'node:util';
import { faultNames, type Fault, type Options } from './schedule.ts';

export type RunOptions = Options & { json: boolean; keep: boolean; heal: number };

/**
 * Reads the command line of `npm run chaos`.
 *
 * @throws Error with one sentence that names the unknown argument
 */
export function readArguments(args: string[]): RunOptions {
  const { values } = parse(args);
  return {
    replicas: wholeNumber('replicas', values.replicas, { least: 1, most: 24 }),
    seconds: wholeNumber('seconds', values.seconds, { least: 1, most: 3_600 }),
    seed: wholeNumber('seed', values.seed, { least: 0, most: 2_147_483_647 }),
    faults: faultsIn(values.faults),
    heal: wholeNumber('heal', values.heal, { least: 1, most: 3_600 }),
    json: values.json,
    keep: values.keep,
  };
}

function parse(args: string[]) {
  try {
    return parseArgs({
      args,
      options: {
        replicas: { type: 'string', default: '4' },
        seconds: { type: 'string', default: '60' },
        seed: { type: 'string', default: '1' },
        faults: { type: 'string', default: faultNames.join() },
        /** Seconds within which everything must have healed. A busy machine needs more. */
        heal: { type: 'string', default: '60' },
        json: { type: 'boolean', default: false },
        keep: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    // The message reads "Unknown option '--x'. To specify …". Its first sentence names the argument.
    throw new Error((error instanceof Error ? error.message : String(error)).split(/\. |\n/)[0], {
      cause: error,
    });
  }
}

function wholeNumber(name: string, text: string, { least, most }: { least: number; most: number }): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new Error(`--${name} must be a whole number from ${least} to ${most} (it is "${text}")`);
}

function faultsIn(text: string): Fault[] {
  const names = text === '' || text === 'none' ? [] : text.split(',');
  const unknown = names.find((name) => !faultNames.some((known) => known === name));
  if (unknown !== undefined) {
    throw new Error(`--faults must be a list of ${faultNames.join(', ')}, or none (it is "${text}")`);
  }
  return faultNames.filter((name) => names.includes(name));
}
