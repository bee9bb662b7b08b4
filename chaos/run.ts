import { readArguments, type Wanted } from './arguments.ts';
import { figuresOf, isGood, tableOf } from './report.ts';
import { runChaos } from './run-chaos.ts';

/** `npm run chaos -- --replicas 4 --seconds 60 --seed 7 --faults net,server,db,mail [--json] [--keep] [--heal 60]` */

const wanted = argumentsOrExit(process.argv.slice(2));
const outcome = await runChaos(wanted, { keep: wanted.keep, healSeconds: wanted.heal });
console.log(wanted.json ? JSON.stringify(figuresOf(outcome)) : tableOf(outcome));
if (wanted.json && !isGood(outcome)) console.error(tableOf(outcome));
process.exit(isGood(outcome) ? 0 : 1);

function argumentsOrExit(words: string[]): Wanted {
  try {
    return readArguments(words);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exit(2);
  }
}
