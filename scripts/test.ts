import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinyBenches } from './benches.ts';
import { firstLoad } from './first-load.ts';

/**
 * `npm test` runs every kind of test, one after the other, and prints the time of each. `npm run check` runs
 * only the first kind. A failure does not stop the other kinds, so one run shows everything. The last line
 * counts all tests.
 */

type Counts = { passed: number; failed: number; skipped: number };
type Kind = { name: string; run: () => Promise<Counts> };
type Share = { name: string; seconds: number; counts: Counts };
/** Kinds that share a time budget. The kinds of a track run one after the other; tracks run at the same time. */
type Stage = { budget: keyof typeof budgetSeconds | null; tracks: Kind[][] };

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'cstims-reports-'));
/** Servers and worker threads start some hundred times. All of them reuse the modules that the first one compiled. */
const compiled = join(root, '.cache', 'compiled');
/**
 * The seconds that each kind may take on two idle cores; 12 minutes together. Machines differ and are busy,
 * so times are printed and compared. A run fails only if it takes more than three times as long, because then
 * something became slow.
 */
const budgetSeconds = { check: 90, database: 150, faults: 120, browser: 300, benches: 60 };
const togetherSeconds = { goal: 720, max: 900, fails: 2_400 };
/**
 * First load of the sign-in page in bytes, gzipped: 90 KiB JavaScript, 20 KiB CSS. For a home page 260 KiB
 * JavaScript.
 */
const budgets = { signInJs: 92_160, homeJs: 266_240, css: 20_480 };

const failures: string[] = [];

const ok = (passed: boolean): Counts => ({ passed: passed ? 1 : 0, failed: passed ? 0 : 1, skipped: 0 });

function run(command: string, args: string[], env: Record<string, string> = {}): Promise<boolean> {
  return new Promise((done) => {
    const all = { ...process.env, NODE_COMPILE_CACHE: compiled, ...env };
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: all });
    child.once('error', () => done(false));
    child.once('close', (code) => done(code === 0));
  });
}

async function vitest(project: string): Promise<Counts> {
  const file = join(reports, `${project}.json`);
  const args = [
    'run',
    '--project',
    project,
    '--reporter',
    'default',
    '--reporter',
    'json',
    '--outputFile.json',
    file,
  ];
  const passed = await run('vitest', args);
  failures.push(...failuresIn(file).map((failure) => `${project}: ${failure}`));
  return countsIn(file, passed, (report) => ({
    passed: report['numPassedTests'] ?? 0,
    failed: report['numFailedTests'] ?? 0,
    skipped: (report['numPendingTests'] ?? 0) + (report['numTodoTests'] ?? 0),
  }));
}

async function playwright(): Promise<Counts> {
  const file = join(reports, 'browser.json');
  const passed = await run(
    'playwright',
    ['test', '-c', 'e2e/playwright.config.ts', '--reporter', 'list,json'],
    {
      PLAYWRIGHT_JSON_OUTPUT_FILE: file,
    },
  );
  return countsIn(file, passed, ({ stats }) => ({
    passed: stats?.expected ?? 0,
    failed: (stats?.unexpected ?? 0) + (stats?.flaky ?? 0),
    skipped: stats?.skipped ?? 0,
  }));
}

type Report = Record<string, number> & { stats?: Record<string, number> };

/**
 * Each failed test of a vitest report with the beginning of its message. They are printed at the end, where a
 * truncated log still shows them.
 */
function failuresIn(file: string): string[] {
  type Test = { status: string; fullName: string; failureMessages: string[] };
  type Files = { testResults: { name: string; message: string; assertionResults: Test[] }[] };
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Files; // written by vitest
    return testResults.flatMap(({ name, message, assertionResults }) => {
      const place = relative(root, name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      const messages = failed.map(
        (test) => `${place}: ${test.fullName}: ${firstWords(test.failureMessages[0])}`,
      );
      return message && failed.length === 0 ? [`${place}: ${firstWords(message)}`] : messages;
    });
  } catch {
    return [];
  }
}
const firstWords = (message = '') => message.split('\n').slice(0, 3).join(' ').slice(0, 400);

/** A run that failed without naming a test (it crashed, or found none) counts as one failed test. */
function countsIn(file: string, passed: boolean, read: (report: Report) => Counts): Counts {
  try {
    const counts = read(JSON.parse(readFileSync(file, 'utf8')) as Report); // written by the runner
    const silent = (!passed && counts.failed === 0) || counts.passed + counts.failed === 0;
    return silent ? { ...counts, failed: counts.failed + 1 } : counts;
  } catch {
    return ok(false);
  }
}

function sizes(): Counts {
  const dist = join(root, 'pwa', 'dist');
  const signIn = firstLoad(dist, [/sign-in-page/]);
  const landing = firstLoad(dist, [/landing-page/, /landing-en/, /prices/]);
  const inside = [/app-shell/, /app-frame/, /replica-/, /app-en/, /auth-en/, /landing-en/, /prices/];
  const home = firstLoad(dist, [/client-home-page/, ...inside]);
  const inbox = firstLoad(dist, [/inbox-page/, ...inside]);
  console.log(
    `landing ${landing.js} B JS; sign-in ${signIn.js} B JS, ${signIn.css} B CSS; home ${home.js} B JS; inbox ${inbox.js} B JS (gzip)`,
  );
  return ok(
    Math.max(landing.js, signIn.js) <= budgets.signInJs &&
      Math.max(home.js, inbox.js) <= budgets.homeJs &&
      signIn.css <= budgets.css,
  );
}

/** Each tiny bench counts as one test. */
async function benches(): Promise<Counts> {
  const { passed, failed, skipped } = await tinyBenches(root, {
    ...process.env,
    NODE_COMPILE_CACHE: compiled,
  });
  failures.push(...failed.map((name) => `benches: npm run bench -- ${name} --tiny`));
  return { passed: passed.length, failed: failed.length, skipped: skipped.length };
}

const lint = () =>
  run('eslint', ['--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint', '.']);
const types = async () => (await run('tsc', ['-b'])) && (await run('vue-tsc', ['--noEmit', '-p', 'pwa']));

/** Lint has its own track because it takes as long on one core as all the others together. */
const check: Stage = {
  budget: 'check',
  tracks: [
    [{ name: 'lint', run: async () => ok(await lint()) }],
    [
      { name: 'format', run: async () => ok(await run('prettier', ['--check', '--log-level', 'warn', '.'])) },
      { name: 'types', run: async () => ok(await types()) },
      { name: 'check', run: () => vitest('check') },
    ],
  ],
};
const all: Stage[] = [
  check,
  { budget: 'check', tracks: [[{ name: 'size', run: () => Promise.resolve(sizes()) }]] },
  { budget: 'database', tracks: [[{ name: 'database', run: () => vitest('database') }]] },
  { budget: 'faults', tracks: [[{ name: 'faults', run: () => vitest('faults') }]] },
  { budget: 'benches', tracks: [[{ name: 'benches', run: benches }]] },
  { budget: 'browser', tracks: [[{ name: 'browser', run: playwright }]] },
];

/**
 * `npm run test:long`: the same files with larger numbers (every anchor day of 111 years, ten minutes for each of the fuzzers,
 * each day of a person both on a desktop and on a phone), all tests with a database, and twenty seeds of chaos.
 */
const long: Stage[] = [
  { name: 'check', run: () => vitest('check') },
  { name: 'database', run: () => vitest('database') },
  { name: 'browser', run: playwright },
  ...Array.from({ length: 20 }, (_, i): Kind => ({ name: `chaos ${i + 1}`, run: () => chaos(i + 1) })),
].map((kind) => ({ budget: null, tracks: [[kind]] }));
async function chaos(seed: number): Promise<Counts> {
  const faults = ['--faults', 'net,server,db,mail'];
  return ok(
    await run('node', [
      'chaos/run.ts',
      '--replicas',
      '4',
      '--seconds',
      '60',
      ...faults,
      '--seed',
      String(seed),
    ]),
  );
}

const mode = process.argv[2];
if (mode === 'long') process.env['LONG'] = '1';
const shares: Share[] = [];
const spent = new Map<Stage['budget'], number>();

const secondsSince = (start: number) => (performance.now() - start) / 1000;

async function runTrack(kinds: readonly Kind[]): Promise<void> {
  for (const { name, run: work } of kinds) {
    const start = performance.now();
    const counts = await work();
    shares.push({ name, counts, seconds: secondsSince(start) });
  }
}

for (const { budget, tracks } of mode === 'check' ? [check] : mode === 'long' ? long : all) {
  const start = performance.now();
  await Promise.all(tracks.map(runTrack));
  spent.set(budget, (spent.get(budget) ?? 0) + secondsSince(start));
}
rmSync(reports, { recursive: true, force: true });

const line = (name: string, seconds: number, words: string) =>
  console.log(`${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${words}`);
const total = [...spent.values()].reduce((a, b) => a + b, 0);
console.log('');
for (const { name, seconds, counts } of shares)
  line(name, seconds, `${counts.passed} passed, ${counts.failed} failed`);
if (mode === undefined) {
  console.log('\nshares of the budgets, which are for two idle cores:');
  for (const [name, max] of Object.entries(budgetSeconds)) {
    const seconds = spent.get(name as keyof typeof budgetSeconds);
    if (seconds !== undefined) line(name, seconds, `of ${max} s${seconds > max ? ', over' : ''}`);
  }
}
const { goal, max, fails } = togetherSeconds;
line('together', total, mode === undefined ? `of ${goal} s (at most ${max} s; fails past ${fails} s)` : '');
const late = mode === undefined && total > fails ? 1 : 0;
for (const failure of failures) console.log(`failed: ${failure}`);
if (late) console.log(`failed: took more than ${fails} s`);
const sum = (key: keyof Counts) => shares.reduce((sofar, { counts }) => sofar + counts[key], 0);
const failed = sum('failed') + late;
console.log(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
