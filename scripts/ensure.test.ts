import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

/*
 * Runs scripts/ensure.mjs in a separate checkout with one tiny package, which provides a `vite` that only
 * logs that it ran. The lock files and the installation by hand come from the real npm. The npm that
 * ensure.mjs calls logs its start and end and copies the package; tests about npm itself forward to the real
 * one.
 */

const here = fileURLToPath(new URL('.', import.meta.url));
const base = mkdtempSync(join(tmpdir(), 'cstims-ensure-'));
/** The variables that npm sets for its scripts would point the inner npm at this project. */
const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_/i.test(name)));
Object.assign(env, { npm_config_offline: 'true', npm_config_cache: join(base, 'cache') });

const vite = `#!/usr/bin/env node
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
appendFileSync('log', 'build begins\\n');
await new Promise((done) => setTimeout(done, Number(process.env.SLOW ?? 100)));
mkdirSync('pwa/dist', { recursive: true });
writeFileSync('pwa/dist/index.html', '');
appendFileSync('log', 'build ends\\n');
`;
const recordingNpm = `import { spawnSync } from 'node:child_process';
import { appendFileSync, chmodSync, cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
appendFileSync('log', 'install begins\\n');
await new Promise((done) => setTimeout(done, Number(process.env.SLOW ?? 100)));
if (process.env.REAL_NPM) {
  const { status } = spawnSync('npm', process.argv.slice(2), { stdio: 'inherit' });
  if (status !== 0) process.exit(1);
} else {
  const { packages } = JSON.parse(readFileSync('package-lock.json', 'utf8'));
  rmSync('node_modules', { recursive: true, force: true });
  mkdirSync('node_modules/.bin', { recursive: true });
  cpSync('../tiny-' + packages['node_modules/tiny'].version, 'node_modules/tiny', { recursive: true });
  chmodSync('node_modules/tiny/vite.js', 0o755);
  symlinkSync('../tiny/vite.js', 'node_modules/.bin/vite');
  writeFileSync('node_modules/.package-lock.json', JSON.stringify({ packages }));
}
appendFileSync('log', 'install ends\\n');
`;

/** Long enough for another process to arrive, even on a busy machine. */
const slow = { SLOW: '2000' };

let root = '';
const children: ChildProcess[] = [];

beforeAll(() => {
  for (const version of ['1.0.0', '1.1.0']) {
    const [source, checkout] = [join(base, `tiny-${version}`), join(base, `made-${version}`)];
    mkdirSync(source);
    writeJson(join(source, 'package.json'), {
      name: 'tiny',
      version,
      type: 'module',
      bin: { vite: 'vite.js' },
    });
    writeFileSync(join(source, 'vite.js'), vite);
    npm(['pack', '--pack-destination', base], source);
    mkdirSync(checkout);
    const dependencies = { tiny: `file:../tiny-${version}.tgz` };
    writeJson(join(checkout, 'package.json'), { name: 'checkout', dependencies });
    npm(['install', '--package-lock-only'], checkout);
  }
  npm(['ci'], join(base, 'made-1.0.0'));
}, 60_000);
afterAll(() => rmSync(base, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 }));

beforeEach(() => {
  root = mkdtempSync(join(base, 'checkout-'));
  mkdirSync(join(root, 'scripts'));
  cpSync(join(here, 'ensure.mjs'), join(root, 'scripts', 'ensure.mjs'));
  cpSync(join(here, 'ensure'), join(root, 'scripts', 'ensure'), { recursive: true });
  const appScript = readFileSync(join(here, 'ensure', 'app.mjs'), 'utf8');
  const [, names = ''] = /app: \[(.*)\]/.exec(appScript) ?? [];
  for (const [, folder = ''] of names.matchAll(/'([\w/]+)'/g))
    mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, 'npm.mjs'), recordingNpm);
  useVersion('1.0.0');
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

test('two starts at the same time install once and build once, and each wait is logged once', async () => {
  const [first, second] = await Promise.all([ensure(slow).ended, ensure(slow).ended]);
  expect([first.code, second.code]).toEqual([0, 0]);
  expect(log()).toEqual(['install begins', 'install ends', 'build begins', 'build ends']);
  const waitLines = [...`${first.output}${second.output}`.matchAll(/waiting for process (\d+)/g)];
  expect(new Set(waitLines.map(([, pid]) => pid)).size).toBe(waitLines.length);
  expect(waitLines.length).toBeGreaterThan(0);
  expect(existsSync(lock())).toBe(false);
}, 60_000);

test('two starts at the same time on an installed checkout build once', async () => {
  installByHand();
  const both = await Promise.all([ensure(slow).ended, ensure(slow).ended]);
  expect(both.map(({ code }) => code)).toEqual([0, 0]);
  expect(log()).toEqual(['build begins', 'build ends']);
}, 60_000);

test('a second start does nothing and takes no lock', async () => {
  await ensure().ended;
  rmSync(join(root, '.cache'), { recursive: true });
  const again = await ensure().ended;
  expect(again).toEqual({ code: 0, output: '' });
  expect(existsSync(join(root, '.cache'))).toBe(false);
  expect(log()).toHaveLength(4);
}, 60_000);

test('a lock whose process is dead is taken over', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  leaveLock([{ pid, started: '1' }]);
  const { code, output } = await ensure().ended;
  expect(code).toBe(0);
  expect(output).not.toContain('waiting');
  expect(log()).toHaveLength(4);
}, 60_000);

test.runIf(process.platform === 'linux')(
  'a lock whose pid now belongs to another process is taken over',
  async () => {
    leaveLock([{ pid: process.pid, started: '1' }]);
    const { code, output } = await ensure().ended;
    expect(code).toBe(0);
    expect(output).not.toContain('waiting');
  },
  60_000,
);

test('a start waits for a lock that a living process holds', async () => {
  leaveLock([{ pid: process.pid, started: null }]);
  const waiting = ensure();
  await until(() => waiting.output().includes(`waiting for process ${process.pid}`));
  expect(log()).toEqual([]);
  rmSync(lock());
  expect((await waiting.ended).code).toBe(0);
  expect(waiting.output().match(/waiting/g)).toHaveLength(1);
}, 60_000);

test('many starts that find a dead lock take it over one at a time', async () => {
  const { pid } = spawnSync(process.execPath, ['--version']);
  leaveLock([{ pid, started: '1' }]);
  const all = await Promise.all(Array.from({ length: 5 }, () => ensure().ended));
  expect(all.map(({ code }) => code)).toEqual([0, 0, 0, 0, 0]);
  expect(log()).toEqual(['install begins', 'install ends', 'build begins', 'build ends']);
}, 60_000);

test('a start waits for an npm that outlived its killed start', async () => {
  const killed = ensure(slow);
  await until(() => log().includes('install begins'));
  killed.child.kill('SIGKILL');
  expect((await ensure().ended).code).toBe(0);
  expect(log()).toEqual(['install begins', 'install ends', 'build begins', 'build ends']);
}, 60_000);

test('packages installed by hand with npm ci are not installed again', async () => {
  installByHand();
  expect((await ensure().ended).code).toBe(0);
  expect(log()).toEqual(['build begins', 'build ends']);
}, 60_000);

test('the real npm installs again after the lock file changed', async () => {
  const real = { REAL_NPM: 'yes' };
  expect((await ensure(real).ended).output).toContain('nothing is installed');
  useVersion('1.1.0');
  expect((await ensure(real).ended).output).toContain('node_modules/tiny is 1.0.0, not 1.1.0');
  expect(log().filter((line) => line === 'install ends')).toHaveLength(2);
  expect(json('node_modules', 'tiny', 'package.json')['version']).toBe('1.1.0');
}, 60_000);

test('a package with the same version but another content is installed again', async () => {
  installByHand();
  changePackages('node_modules/.package-lock.json', ({ tiny }) => ({
    tiny: { ...tiny, integrity: 'sha512-x' },
  }));
  expect((await ensure().ended).output).toContain('node_modules/tiny has another content');
  expect(log()).toContain('install ends');
}, 60_000);

test('a package whose folder is gone is installed again', async () => {
  installByHand();
  rmSync(join(root, 'node_modules', 'tiny'), { recursive: true });
  expect((await ensure().ended).output).toContain('node_modules/tiny is missing');
  expect(existsSync(join(root, 'node_modules', 'tiny'))).toBe(true);
}, 60_000);

test('only optional packages of other platforms may be missing', async () => {
  installByHand();
  const kept = readFileSync(join(root, 'package-lock.json'));
  const optional = { version: '1.0.0', integrity: 'sha512-x', optional: true };
  const withNative = async (more: object) => {
    writeFileSync(join(root, 'package-lock.json'), kept);
    changePackages('package-lock.json', ({ tiny }) => ({ tiny, native: { ...optional, ...more } }));
    return (await ensure().ended).output;
  };
  const [os, cpu] = [[process.platform], [process.arch]];
  expect(await withNative({ os: ['plan9'], cpu })).not.toContain('installing');
  expect(await withNative({ os: [`!${process.platform}`] })).not.toContain('installing');
  expect(await withNative({})).not.toContain('installing'); // a dependency of packages for other platforms
  expect(await withNative({ os, cpu, engines: { node: '>=22.12.0' } })).not.toContain('installing'); // may need a newer Node than npm's
  expect(await withNative({ os, cpu, engines: { node: '>= 10' } })).toContain(
    'node_modules/native is missing',
  );
  expect(await withNative({ os: ['plan9'], optional: false })).toContain('node_modules/native is missing');
}, 60_000);

function ensure(more: Record<string, string> = {}) {
  const child = spawn(process.execPath, [join(root, 'scripts', 'ensure.mjs'), 'app'], {
    cwd: root,
    env: { ...env, npm_execpath: join(root, 'npm.mjs'), ...more },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  children.push(child);
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = new Promise<{ code: number | null; output: string }>((done) => {
    child.once('close', (code) => done({ code, output }));
  });
  return { child, ended, output: () => output };
}

const lock = () => join(root, '.cache', 'ensure.lock');

function leaveLock(processes: { pid: number; started: string | null }[]): void {
  mkdirSync(join(root, '.cache'));
  writeFileSync(lock(), JSON.stringify(processes));
}

/** Copies the package.json and package-lock.json for this version of the tiny package into the checkout. */
function useVersion(version: string): void {
  for (const name of ['package.json', 'package-lock.json']) {
    cpSync(join(base, `made-${version}`, name), join(root, name));
  }
}

/** Leaves the result of an npm ci by hand, with version 1.0.0. */
function installByHand(): void {
  const from = join(base, 'made-1.0.0', 'node_modules');
  cpSync(from, join(root, 'node_modules'), { recursive: true, verbatimSymlinks: true });
}

function npm(args: string[], cwd: string): void {
  const done = spawnSync('npm', args, { cwd, env, encoding: 'utf8', shell: process.platform === 'win32' });
  if (done.status !== 0) throw new Error(`npm ${args.join(' ')}: ${done.stderr}`);
}

type Packages = Record<string, object | undefined>;

/** Replaces the entries of some packages in a lock file, by name. */
function changePackages(file: string, change: (now: Packages) => Packages): void {
  const whole = json(...file.split('/')) as { packages: Packages };
  const changed = change({ tiny: whole.packages['node_modules/tiny'] });
  for (const [name, entry] of Object.entries(changed)) whole.packages[`node_modules/${name}`] = entry;
  writeJson(join(root, file), whole);
}

function json(...path: string[]): Record<string, unknown> {
  return JSON.parse(readFileSync(join(root, ...path), 'utf8')) as Record<string, unknown>; // files written by npm
}

function writeJson(file: string, value: unknown): void {
  writeFileSync(file, JSON.stringify(value, null, 2));
}

function log(): string[] {
  const file = join(root, 'log');
  appendFileSync(file, '');
  return readFileSync(file, 'utf8').split('\n').filter(Boolean);
}

async function until(holds: () => boolean): Promise<void> {
  const end = Date.now() + 20_000;
  while (!holds()) {
    if (Date.now() > end) throw new Error('it did not come about within 20 s');
    await new Promise((done) => setTimeout(done, 20));
  }
}
