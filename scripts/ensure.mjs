// Makes a fresh machine ready: `node scripts/ensure.mjs start|test`. Runs before `npm start` and `npm test`.
// Plain JavaScript without dependencies, because it runs on whatever Node the machine has, before anything is installed.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const at = (...parts) => join(root, ...parts);
const purpose = process.argv[2] ?? 'start';
const isRoot = process.getuid?.() === 0;

installPackages();
checkNode();
if (!process.env.DATABASE_URL) ensureBinary('MariaDB', mariadb());
if (purpose === 'test') ensureBinary('Chromium', chromium());
buildApp();
if (purpose === 'start') compileServer();

/** npm ci when the lock file is not the one that was installed; git sets mtimes, so the stamp is a hash. */
function installPackages() {
  const lock = readFileSync(at('package-lock.json'));
  const want = createHash('sha256').update(lock).digest('hex');
  const derive = at('node_modules', '.lock-installed');
  if (existsSync(derive) && readFileSync(derive, 'utf8') === want) return;
  say('installing packages (npm ci)');
  const args = ['ci', '--no-audit', '--no-fund', '--loglevel=error'];
  const npm = process.env.npm_execpath;
  const done = npm
    ? spawnSync(process.execPath, [npm, ...args], { cwd: root, stdio: 'inherit' })
    : spawnSync('npm', args, { cwd: root, stdio: 'inherit', shell: true });
  if (done.status !== 0) process.exit(done.status ?? 1);
  writeFileSync(derive, want);
}

/** Scripts get node_modules/.bin first in PATH, where the lock file's own Node 24 stands; else the machine's must do. */
function checkNode() {
  const { stdout } = run('node', ['-p', 'process.versions.node']);
  const version = stdout.trim();
  if (Number(version.split('.')[0]) >= 24) return;
  fail(
    `Node 24 or later is needed, but scripts would get ${version || 'none'}. ` +
      `There is no bundled Node for ${process.platform}-${process.arch}: install Node 24 yourself.`,
  );
}

function mariadb() {
  return {
    found: Boolean(
      (process.env.MARIADBD || find('mariadbd', 'mysqld')) && find('mariadb-install-db', 'mysql_install_db'),
    ),
    debian: 'mariadb-server-core mariadb-client-core',
    others: {
      darwin: 'brew install mariadb',
      fedora: 'dnf install -y mariadb-server',
      alpine: 'apk add mariadb mariadb-client',
      arch: 'pacman -S mariadb',
    },
    instead:
      'or set DATABASE_URL=mariadb://user:password@host:3306/cstims to use a server that stands already',
  };
}

function chromium() {
  return {
    found: Boolean(process.env.CHROMIUM || find('chromium', 'chromium-browser', 'google-chrome')),
    debian: 'chromium',
    others: {
      darwin: 'brew install --cask chromium',
      fedora: 'dnf install -y chromium',
      alpine: 'apk add chromium',
      arch: 'pacman -S chromium',
    },
    instead: 'or set CHROMIUM=/path/to/chrome',
  };
}

/** Installs on a Debian as root and says so; anyone else is told the one command. Never sudo by itself. */
function ensureBinary(name, { found, debian, others, instead }) {
  if (found) return;
  const system = systemName();
  if (system === 'debian' && isRoot) {
    say(`installing ${name}: apt-get install --no-install-recommends ${debian}`);
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    for (const args of [
      ['update', '-qq'],
      ['install', '-y', '-qq', '--no-install-recommends', ...debian.split(' ')],
    ]) {
      const done = spawnSync('apt-get', args, { stdio: ['ignore', 'ignore', 'inherit'], env });
      if (done.status !== 0) fail(`apt-get ${args.join(' ')} failed`, 3);
    }
    return;
  }
  const sudo = isRoot || system === 'darwin' ? '' : 'sudo ';
  const command =
    system === 'debian'
      ? `${sudo}apt-get update && ${sudo}apt-get install -y --no-install-recommends ${debian}`
      : others[system] && `${sudo}${others[system]}`;
  fail(
    `${name} is needed. Install it with:\n\n    ${command ?? `your system's package of ${name}`}\n\n${instead}`,
    3,
  );
}

function systemName() {
  if (process.platform !== 'linux') return process.platform;
  if (!existsSync('/etc/os-release')) return 'linux';
  const release = readFileSync('/etc/os-release', 'utf8');
  const ids = /^ID(?:_LIKE)?=.*$/gm;
  const words = (release.match(ids) ?? []).join(' ');
  if (/debian|ubuntu/.test(words)) return 'debian';
  if (/fedora|rhel/.test(words)) return 'fedora';
  if (/alpine/.test(words)) return 'alpine';
  if (/arch/.test(words)) return 'arch';
  return 'linux';
}

/** Builds the pwa when the hash of what it is made of changed; a failed build leaves no stamp. */
function buildApp() {
  const want = hashOf(['pwa', 'sync', 'shared', 'package-lock.json'].map((p) => at(p)));
  const derive = at('pwa', 'dist', '.built-from');
  if (existsSync(derive) && readFileSync(derive, 'utf8') === want) return;
  say('building the app (vite build)');
  rmSync(at('pwa', 'dist'), { recursive: true, force: true });
  const done = run('vite', ['build', 'pwa', '--logLevel', 'error'], 'inherit');
  if (done.status !== 0) {
    rmSync(at('pwa', 'dist'), { recursive: true, force: true });
    fail('the app did not build; see above');
  }
  mkdirSync(at('pwa', 'dist'), { recursive: true });
  writeFileSync(derive, want);
}

/** A server that has to compile itself first keeps the compiler in memory for as long as it runs. */
function compileServer() {
  if (process.env.NODE_COMPILE_CACHE) return;
  const want = hashOf(['server', 'sync', 'shared', 'scripts', 'package-lock.json'].map((p) => at(p)));
  const derive = at('.cache', 'compiled', '.compiled-from');
  if (existsSync(derive) && readFileSync(derive, 'utf8') === want) return;
  // Only memory is at stake: what is wrong with the server is said by its start.
  if (run('sh', ['scripts/serve.sh', 'server/compile.ts']).status !== 0) return;
  try {
    mkdirSync(at('.cache', 'compiled'), { recursive: true });
    writeFileSync(derive, want);
  } catch {
    // Nothing can be kept here: it is compiled at each start.
  }
}

function hashOf(paths) {
  const hash = createHash('sha256');
  const walk = (path) => {
    if (/(^|[\\/])(dist|node_modules)$/.test(path) || /\.test\.ts$/.test(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) walk(join(path, name));
    } else {
      hash.update(path.slice(root.length)).update(readFileSync(path));
    }
  };
  paths.forEach(walk);
  return hash.digest('hex');
}

function run(command, args, stdio = 'pipe') {
  const PATH = at('node_modules', '.bin') + delimiter + process.env.PATH;
  const env = { ...process.env, PATH };
  return spawnSync(command, args, {
    cwd: root,
    encoding: 'utf8',
    stdio,
    env,
    shell: process.platform === 'win32',
  });
}

function find(...names) {
  const adjustment = [
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/opt/homebrew/opt/mariadb/bin',
  ];
  for (const name of names) {
    for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...adjustment]) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

function say(text) {
  console.error(`cstims: ${text}`);
}

function fail(text, code = 1) {
  console.error(`\n${text}\n`);
  process.exit(code);
}
