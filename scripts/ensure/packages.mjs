import { existsSync, readFileSync } from 'node:fs';
import { at, fail, runShown, say } from './common.mjs';
import { alone } from './lock.mjs';

/**
 * npm ci, unless what is installed is what the lock file says. The proof is what npm itself wrote, so that an
 * installation by hand counts as well.
 */
export async function installPackages(lock) {
  if (difference() === null) return;
  await alone(lock, async (started) => {
    const why = difference(); // another process may have installed meanwhile
    if (why === null) return;
    say(`installing packages (npm ci): ${why}`);
    // What builds the app is a development dependency; NODE_ENV or the user's settings may leave those out.
    const included = ['--include=dev', '--include=optional'];
    const args = ['ci', ...included, '--no-audit', '--no-fund', '--loglevel=error'];
    const npm = process.env.npm_execpath;
    const code = await runShown(npm ? [process.execPath, npm, ...args] : ['npm', ...args], started);
    if (code !== 0) fail('npm ci failed; see above', code);
    const left = difference();
    if (left !== null) say(`npm ci went well, and yet ${left}; the next start installs again`);
  });
}

/** @returns the first thing in which the installation is not what the lock file says; null where it is */
function difference() {
  const wanted = packagesIn(at('package-lock.json'));
  if (wanted === null) fail('package-lock.json is missing or not readable');
  const installed = packagesIn(at('node_modules', '.package-lock.json'));
  if (installed === null) return 'nothing is installed';
  for (const [path, { version, integrity, ...rest }] of Object.entries(wanted)) {
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
 * npm leaves out optional packages of other platforms with what only those need (which names no platform), and those
 * that the Node under which npm ran is too old for.
 */
function mayBeMissing({ optional, os, cpu, libc, engines }) {
  if (!optional) return false;
  if (!os && !cpu) return true;
  const here = fits(os, process.platform) && fits(cpu, process.arch) && (!libc || fits(libc, libcName()));
  return !here || !isForAnyNode(engines);
}

/** True for a demand on Node that the oldest one these scripts run on meets. */
function isForAnyNode(engines) {
  if (!engines || !engines.node) return true;
  const [, least] = /^>= ?(\d+)(\.0)*$/.exec(engines.node) || [];
  return least !== undefined && Number(least) <= 14;
}

/** As npm reads these lists: names, or names with `!` that are excluded. */
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
