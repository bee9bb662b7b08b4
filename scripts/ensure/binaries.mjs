import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, log } from './common.mjs';

const isRoot = process.getuid?.() === 0;

export function mariadb() {
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
    alternative:
      'or set DATABASE_URL=mariadb://user:password@host:3306/cstims to use a server that stands already',
  };
}

export function chromium() {
  return {
    found: Boolean(process.env.CHROMIUM || find('chromium', 'chromium-browser', 'google-chrome')),
    debian: 'chromium',
    others: {
      darwin: 'brew install --cask chromium',
      fedora: 'dnf install -y chromium',
      alpine: 'apk add chromium',
      arch: 'pacman -S chromium',
    },
    alternative: 'or set CHROMIUM=/path/to/chrome',
  };
}

/**
 * Installs the package on Debian as root and logs that. On other systems it prints the one command that
 * installs it. It never uses sudo by itself.
 */
export function ensureBinary(name, { found, debian, others, alternative }) {
  if (found) return;
  const system = systemName();
  if (system === 'debian' && isRoot) {
    log(`installing ${name}: apt-get install --no-install-recommends ${debian}`);
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
    `${name} is needed. Install it with:\n\n    ${command ?? `your system's package of ${name}`}\n\n${alternative}`,
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

function find(...names) {
  const extraFolders = [
    '/usr/sbin',
    '/usr/local/sbin',
    '/usr/local/bin',
    '/opt/homebrew/bin',
    '/opt/homebrew/opt/mariadb/bin',
  ];
  for (const name of names) {
    for (const folder of [...(process.env.PATH ?? '').split(delimiter), ...extraFolders]) {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return join(folder, name);
      } catch {
        // not in this folder
      }
    }
  }
  return undefined;
}
