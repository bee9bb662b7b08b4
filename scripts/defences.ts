import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * `npm run defences [-- 6.5.1 …]` removes each defence from a copy of the project, one at a time, and runs
 * the tests of its ASVS number. They must fail: a security test that passes without its defence proves
 * nothing.
 * defences.json: [ASVS number, test file (beginning of its path), source file, text in it, replacement, …more
 * pairs]
 */

export type Defence = [
  asvs: string,
  tests: string,
  file: string,
  text: string,
  without: string,
  ...more: string[],
];

const root = fileURLToPath(new URL('..', import.meta.url));
export const defences = JSON.parse(
  readFileSync(new URL('./defences.json', import.meta.url), 'utf8'),
) as Defence[];

if (process.argv[1] === fileURLToPath(import.meta.url)) run(process.argv.slice(2));

function run(numbers: readonly string[]): void {
  const copy = mkdtempSync(join(tmpdir(), 'cstims-defences-'));
  const skipped = ['node_modules', '.git', '.cache', 'data'];
  cpSync(root, copy, {
    recursive: true,
    filter: (path) => !skipped.some((name) => path === join(root, name)),
  });
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  let failing = 0;
  const wanted = defences.filter(([asvs]) => numbers.length === 0 || numbers.includes(asvs));
  for (const defence of wanted) {
    const outcome = runWithout(copy, defence);
    if (outcome === 'red') failing += 1;
    console.log(`ASVS ${defence[0].padEnd(7)} ${outcome}  ${defence[2]}`);
  }
  rmSync(copy, { recursive: true, force: true });
  console.log(`${failing} of ${wanted.length} defences: their tests fail without them`);
  process.exitCode = failing === wanted.length ? 0 : 1;
}

function runWithout(copy: string, [asvs, tests, file, ...pairs]: Defence): string {
  const path = join(copy, file);
  const source = readFileSync(path, 'utf8');
  let changed = source;
  for (let i = 0; i + 1 < pairs.length; i += 2) {
    const [text = '', replacement = ''] = [pairs[i], pairs[i + 1]];
    if (!changed.includes(text)) return `NOT FOUND: ${text}`;
    changed = changed.replace(text, () => replacement);
  }
  writeFileSync(path, changed);
  try {
    const report = join(copy, 'report.json');
    const output = ['--reporter', 'json', '--outputFile.json', report];
    const args = ['run', tests, '-t', `ASVS ${asvs.replaceAll('.', '\\.')} `, ...output];
    const { stderr } = spawnSync('vitest', args, { cwd: copy, encoding: 'utf8' });
    const counts = JSON.parse(readFileSync(report, 'utf8')) as Record<string, number>;
    rmSync(report);
    if ((counts['numFailedTests'] ?? 0) > 0) return 'red';
    if ((counts['numPassedTests'] ?? 0) > 0) return 'STILL GREEN';
    return `NO TEST RAN: ${stderr.slice(0, 300)}`;
  } finally {
    writeFileSync(path, source);
  }
}
