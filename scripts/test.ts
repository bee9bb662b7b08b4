import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { tinyBenches } from './benches.ts';
import { firstLoad } from './first-load.ts';

/**
 * `npm test`: every kind of test, one after the other, with its share of the time; `npm run check`: the first kind.
 * A kind goes on after a failure of another, so that one run shows everything. The last line counts all of them.
 */

type Counts = { passed: number; failed: number; skipped: number };
type Share = { name: string; seconds: number; counts: Counts };
type Kind = { name: string; run: () => Promise<Counts> };

const root = fileURLToPath(new URL('..', import.meta.url));
const reports = mkdtempSync(join(tmpdir(), 'cstims-reports-'));
/** Servers and worker threads are started some hundred times: each finds its modules compiled by the first. */
const compiled = join(root, '.cache', 'compiled');
/**
 * All kinds together on two cores; more is a failure. About 20 minutes on a machine that does nothing else, twice that
 * on a busy one, most of it days of people in the browser; what is beyond is something that became slow.
 */
const budgetSeconds = 45 * 60;
/** First load of the sign-in page, in bytes gzipped: 90 KiB JavaScript, 20 KiB CSS; a home 260 KiB. */
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

/** Each failed test of a vitest report with its first words: what is printed at the end, where a cut log still has it. */
function failuresIn(file: string): string[] {
  type Test = { status: string; fullName: string; failureMessages: string[] };
  type Files = { testResults: { name: string; message: string; assertionResults: Test[] }[] };
  try {
    const { testResults } = JSON.parse(readFileSync(file, 'utf8')) as Files; // written by vitest
    return testResults.flatMap(({ name, message, assertionResults }) => {
      const place = relative(root, name);
      const failed = assertionResults.filter((test) => test.status === 'failed');
      const said = failed.map((test) => `${place}: ${test.fullName}: ${firstWords(test.failureMessages[0])}`);
      return message && failed.length === 0 ? [`${place}: ${firstWords(message)}`] : said;
    });
  } catch {
    return [];
  }
}
const firstWords = (message = '') => message.split('\n').slice(0, 3).join(' ').slice(0, 400);

/** A run that failed without saying which test (it crashed, or found none) counts as one failed test. */
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
  const landing = firstLoad(dist, [/landing-page/, /prices/, /landing-en/]);
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

/** Each bench in its tiny form is one test. */
async function benches(): Promise<Counts> {
  const { passed, failed, skipped } = await tinyBenches(root, {
    ...process.env,
    NODE_COMPILE_CACHE: compiled,
  });
  failures.push(...failed.map((name) => `benches: npm run bench -- ${name} --tiny`));
  return { passed: passed.length, failed: failed.length, skipped: skipped.length };
}

const check: Kind[] = [
  {
    name: 'lint',
    run: async () =>
      ok(await run('eslint', ['--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint', '.'])),
  },
  { name: 'format', run: async () => ok(await run('prettier', ['--check', '--log-level', 'warn', '.'])) },
  {
    name: 'types',
    run: async () => ok((await run('tsc', ['-b'])) && (await run('vue-tsc', ['--noEmit', '-p', 'pwa']))),
  },
  { name: 'check', run: () => vitest('check') },
];
const kinds: Kind[] = [
  ...check,
  { name: 'size', run: () => Promise.resolve(sizes()) },
  { name: 'database', run: () => vitest('database') },
  { name: 'faults', run: () => vitest('faults') },
  { name: 'benches', run: benches },
  { name: 'browser', run: playwright },
];

/** `npm run test:long`: the same files with larger numbers (every anchor day of 111 years), and twenty seeds of chaos. */
const long: Kind[] = [
  { name: 'check', run: () => vitest('check') },
  ...Array.from({ length: 20 }, (_, i): Kind => ({ name: `chaos ${i + 1}`, run: () => chaos(i + 1) })),
];
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
for (const kind of mode === 'check' ? check : mode === 'long' ? long : kinds) {
  const start = performance.now();
  const counts = await kind.run();
  shares.push({ name: kind.name, counts, seconds: (performance.now() - start) / 1000 });
}
rmSync(reports, { recursive: true, force: true });

const total = shares.reduce((sum, { seconds }) => sum + seconds, 0);
console.log('');
for (const { name, seconds, counts } of shares) {
  console.log(
    `${name.padEnd(10)} ${seconds.toFixed(1).padStart(6)} s  ${counts.passed} passed, ${counts.failed} failed`,
  );
}
console.log(`together   ${total.toFixed(1).padStart(6)} s${mode === 'long' ? '' : ` of ${budgetSeconds} s`}`);
const late = mode !== 'long' && total > budgetSeconds ? 1 : 0;
for (const failure of failures) console.log(`failed: ${failure}`);
if (late) console.log(`failed: over the budget of ${budgetSeconds} s`);
const sum = (key: keyof Counts) => shares.reduce((all, { counts }) => all + counts[key], 0);
const failed = sum('failed') + late;
console.log(`${sum('passed')} passed, ${failed} failed, ${sum('skipped')} skipped`);
process.exitCode = failed > 0 ? 1 : 0;
