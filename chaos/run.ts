import { readArguments, type RunOptions } from './arguments.ts';
import { figuresOf, isGood, tableOf } from './report.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos -- --replicas 4 --seconds 60 --seed 7 --faults net,server,db,mail [--json] [--keep] [--heal 60]` */

const options = argumentsOrExit(process.argv.slice(2));
const outcome = await runChaos(options, { keep: options.keep, healSeconds: options.heal });
console.log(options.json ? JSON.stringify(figuresOf(outcome)) : tableOf(outcome));
if (options.json && !isGood(outcome)) console.error(tableOf(outcome));
process.exit(isGood(outcome) ? 0 : 1);

function argumentsOrExit(args: string[]): RunOptions {
  try {
    return readArguments(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}
