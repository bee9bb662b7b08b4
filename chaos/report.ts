import type { Outcome } from './run-chaos.ts';

const faultsCounted = ['lost', 'doubled', 'divergent', 'numberGaps', 'emailsWrong', 'booksWrong'] as const;
const maxDetails = 20;

export function isGood({ verdict, healedMs }: Outcome): boolean {
  return healedMs !== null && faultsCounted.every((name) => verdict[name].length === 0);
}

/** The figures that `--json` prints in one line. */
export function figuresOf({ options, verdict, schedule, writes, kills, restores, healedMs }: Outcome) {
  const { documents, wiped, refusedKept, emailsHeld } = verdict;
  return {
    seed: options.seed,
    replicas: options.replicas,
    seconds: options.seconds,
    faults: options.faults,
    schedule,
    documents,
    writes,
    kills,
    restores,
    ...Object.fromEntries(faultsCounted.map((name) => [name, verdict[name].length])),
    wiped,
    refusedKept,
    emailsHeld,
    healedMs,
  };
}

/** A table for people, followed by the faults that were found. */
export function tableOf(outcome: Outcome): string {
  const { verdict, lostAnswers, why, folder } = outcome;
  const rows = Object.entries({ ...figuresOf(outcome), lostAnswers }).map(
    ([name, value]) => `  ${name.padEnd(14)} ${Array.isArray(value) ? value.join(' ') : String(value)}`,
  );
  const details = faultsCounted.flatMap((name) =>
    verdict[name].slice(0, maxDetails).map((what) => `  ${name}: ${what}`),
  );
  return [
    isGood(outcome) ? 'good' : 'NOT GOOD',
    ...rows,
    ...Object.entries(verdict.refusedFor).map(([reason, count]) => `    refused ${count} x ${reason}`),
    ...details,
    ...(why ? [`  not healed: ${why}`] : []),
    ...(folder ? [`  kept in ${folder}`] : []),
  ].join('\n');
}
