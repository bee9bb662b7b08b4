import { verdictOn, type Bench, type Figure } from './figure.ts';
import { describeMachine, machineText, tableOf } from './report.ts';
import { endAll } from './setting/ending.ts';

/** npm run bench -- NAME [--json]. Exit 1: a figure fails its must, or the bench broke; 2: no such bench. */
const benches: Record<string, () => Promise<Bench>> = {
  'first-pull': () => import('./first-pull/first-pull.ts'),
  'pull-cost': () => import('./pull-cost/pull-cost.ts'),
  billing: () => import('./billing/billing.ts'),
  pdf: () => import('./pdf/pdf.ts'),
  push: () => import('./push/push.ts'),
  propagation: () => import('./propagation/propagation.ts'),
};

const words = process.argv.slice(2);
const json = words.includes('--json');
const [name = '', ...more] = words.filter((word) => word !== '--json');
const load = Object.hasOwn(benches, name) ? benches[name] : undefined;

if (!load || more.length > 0) {
  const wrong =
    name === '' ? 'Which bench' : more.length > 0 ? `One bench at a time` : `There is no bench "${name}"`;
  console.error(
    `${wrong}: npm run bench -- NAME [--json], where NAME is ${Object.keys(benches).join(', ')}.`,
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
    report(await run(load));
  } catch (error) {
    console.error(error);
    process.exitCode = 1;
  } finally {
    await endAll();
  }
  // Connections that a client library keeps open must not hold the process.
  process.exit();
}

async function run(
  load: () => Promise<Bench>,
): Promise<{ machine: ReturnType<typeof describeMachine>; figures: Figure[] }> {
  const machine = describeMachine();
  if (!json) console.log(`${name}: ${machineText(machine)}\n`);
  const bench = await load();
  return { machine, figures: await bench.run((text) => void (json || console.log(text))) };
}

function report({
  machine,
  figures,
}: {
  machine: ReturnType<typeof describeMachine>;
  figures: Figure[];
}): void {
  const judged = figures.map((figure) => ({ ...figure, verdict: verdictOn(figure) }));
  if (json) console.log(JSON.stringify({ bench: name, machine, figures: judged }));
  else console.log(`\n${tableOf(figures)}`);
  if (judged.some(({ verdict }) => verdict === 'FAILS must')) process.exitCode = 1;
}
