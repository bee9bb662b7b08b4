import { readArguments, type BillingRunOptions } from './arguments.ts';
import { runBilling, type Outcome } from './run-billing.ts';

/** `npm run chaos:billing -- --seed 7 --days 20 --clients 12 [--json] [--keep]` */

const options = argumentsOrExit(process.argv.slice(2));
const outcome = await runBilling(options);
const { verdict, ...counted } = outcome;
const lists = ['missing', 'tooMuch', 'notAsIssued', 'emailsWrong', 'booksWrong'] as const;
const figures = {
  seed: options.seed,
  ...counted,
  ...verdict,
  ...Object.fromEntries(lists.map((name) => [name, verdict[name].length])),
};
console.log(options.json ? JSON.stringify(figures) : tableOf(figures));
for (const name of lists) for (const what of verdict[name].slice(0, 20)) console.error(`  ${name}: ${what}`);
process.exit(isGood(outcome) ? 0 : 1);

/** True if the books have no fault, and runs and database were killed at every named step. */
function isGood({ verdict: found, steps: { run, database, of } }: Outcome): boolean {
  return lists.every((name) => found[name].length === 0) && Math.min(run, database) === of;
}

function tableOf(values: Record<string, unknown>): string {
  return Object.entries(values)
    .map(([name, value]) => `  ${name.padEnd(14)} ${JSON.stringify(value)}`)
    .join('\n');
}

function argumentsOrExit(args: string[]): BillingRunOptions {
  try {
    return readArguments(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message.split('\n')[0] : error);
    process.exit(2);
  }
}
