import { compareWith } from './against.ts';
import { withoutLimits, verdictOn, type Bench, type Figure } from './figure.ts';
import { faultsIn } from './printed.ts';
import { printProfile, startProfile } from './setting/profile/profile.ts';
import { describeMachine, machineText, tableOf } from './report.ts';
import { endAll } from './setting/ending.ts';

/**
 * Runs `npm run bench -- NAME [--tiny] [--json] [--profile] [--against COMMIT]`. Exit code 1: a figure misses its `must`, or the bench
 * broke; 2: there is no such bench. With --tiny it also fails if a figure is neither a finite number nor
 * marked as skipped.
 */
const benches: Record<string, () => Promise<Bench>> = {
  'first-pull': () => import('./first-pull/first-pull.ts'),
  'pull-cost': () => import('./pull-cost/pull-cost.ts'),
  billing: () => import('./billing/billing.ts'),
  pdf: () => import('./pdf/pdf.ts'),
  push: () => import('./push/push.ts'),
  propagation: () => import('./propagation/propagation.ts'),
  hostile: () => import('./hostile/hostile.ts'),
  screen: () => import('./screen/screen.ts'),
};

const args = process.argv.slice(2);
const against = args.includes('--against') ? args.splice(args.indexOf('--against'), 2)[1] : undefined;
const json = args.includes('--json');
const size = args.includes('--tiny') ? 'tiny' : 'full';
const options = ['--json', '--tiny', '--profile'];
const [name = '', ...more] = args.filter((word) => !options.includes(word));
if (args.includes('--profile')) startProfile();
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;

if (!load || more.length > 0) {
  const wrong =
    name === '' ? 'Which bench' : more.length > 0 ? `One bench at a time` : `There is no bench "${name}"`;
  console.error(
    `${wrong}: npm run bench -- NAME [--tiny] [--json] [--profile] [--against COMMIT], where NAME is ${Object.keys(benches).join(', ')}.`,
  );
  process.exitCode = 2;
} else {
  for (const [signal, code] of [
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const) {
    process.once(signal, () => void endAll().finally(() => process.exit(code)));
  }
  try {
    if (against) await compareWith(name, against, console.log);
    else report(await run(load));
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    await endAll();
    printProfile(console.log);
  }
  // A client library may keep connections open, which must not keep the process alive.
  process.exit();
}

async function run(
  load: () => Promise<Bench>,
): Promise<{ machine: ReturnType<typeof describeMachine>; figures: Figure[] }> {
  const machine = describeMachine();
  if (!json) console.log(`${name}: ${machineText(machine)}\n`);
  const bench = await load();
  const figures = await bench.run(size, (text) => void (json || console.log(text)));
  return { machine, figures: size === 'tiny' ? figures.map(withoutLimits) : figures };
}

function report({
  machine,
  figures,
}: {
  machine: ReturnType<typeof describeMachine>;
  figures: Figure[];
}): void {
  const figuresWithVerdict = figures.map((figure) => ({ ...figure, verdict: verdictOn(figure) }));
  const table = tableOf(figures);
  if (json) console.log(JSON.stringify({ bench: name, size, machine, figures: figuresWithVerdict }));
  else console.log(`\n${table}`);
  if (size === 'tiny') {
    const faults = faultsIn(table, figures);
    for (const fault of faults) console.error(fault);
    if (faults.length > 0) process.exitCode = 1;
  }
  if (figuresWithVerdict.some(({ verdict }) => verdict === 'FAILS must')) process.exitCode = 1;
}
