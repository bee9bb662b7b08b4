import { existsSync, readFileSync } from 'node:fs';
import { at, fail, runShown, log } from './common.mjs';
import { withLock } from './lock.mjs';

/**
 * Runs `npm ci` unless the installed packages match the lock file. It compares with npm's own record, so an
 * installation by hand counts as well.
 */
export async function installPackages(lock) {
  if (difference() === null) return;
  await withLock(lock, async (started) => {
    const reason = difference(); // another process may have installed meanwhile
    if (reason === null) return;
    log(`installing packages (npm ci): ${reason}`);
    // The build needs development dependencies, which NODE_ENV or the user's settings may leave out.
    const included = ['--include=dev', '--include=optional'];
    const args = ['ci', ...included, '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = process.env.npm_execpath;
    const code = await runShown(npm ? [process.execPath, npm, ...args] : ['npm', ...args], started);
    if (code !== 0) fail('npm ci failed; see above', code);
    const remaining = difference();
    if (remaining !== null) log(`npm ci went well, and yet ${remaining}; the next start installs again`);
  });
}

/** @returns the first difference between the installation and the lock file, or null */
function difference() {
  const expected = packagesIn(at('package-lock.json'));
  if (expected === null) fail('package-lock.json is missing or not readable');
  const installed = packagesIn(at('node_modules', '.package-lock.json'));
  if (installed === null) return 'nothing is installed';
  for (const [path, { version, integrity, ...rest }] of Object.entries(expected)) {
    if (path === '') continue; // this project
    const found = installed[path];
    if (!found || !existsSync(at(path))) {
      if (mayBeMissing(rest)) continue;
      return `${path} is missing`;
    }
    if (found.version !== version) return `${path} is ${found.version}, not ${version}`;
    if (found.integrity !== integrity) return `${path} has another content than the lock file says`;
  }
  return null;
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages || null;
  } catch {
    return null;
  }
}

/**
 * Tells whether npm may have left a package out. npm leaves out optional packages for other platforms, with
 * their own dependencies (which name no platform), and packages that need a newer Node than the one that ran
 * npm.
 */
function mayBeMissing({ optional, os, cpu, libc, engines }) {
  if (!optional) return false;
  if (!os && !cpu) return true;
  const here = fits(os, process.platform) && fits(cpu, process.arch) && (!libc || fits(libc, libcName()));
  return !here || !isForAnyNode(engines);
}

/** True if the oldest Node that these scripts run on meets the requirement. */
function isForAnyNode(engines) {
  if (!engines || !engines.node) return true;
  const [, minimum] = /^>= ?(\d+)(\.0)*$/.exec(engines.node) || [];
  return minimum !== undefined && Number(minimum) <= 14;
}

/** Matches a value as npm does: the list holds names, or names with `!` that are excluded. */
function fits(list, value) {
  if (!list) return true;
  const names = [].concat(list);
  if (names.includes(`!${value}`)) return false;
  return names.includes(value) || names.includes('any') || names.every((name) => name.startsWith('!'));
}

function libcName() {
  if (process.platform !== 'linux') return '';
  return process.report.getReport().header.glibcVersionRuntime ? 'glibc' : 'musl';
}
