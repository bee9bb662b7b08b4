import { execFileSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Folders outside of PATH where systems install the server. */
const otherFolders = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/libexec',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
  '/usr/local/mysql/bin',
  '/run/current-system/sw/bin',
];

export type Binaries = { server: string; init: string };

/**
 * Finds the MariaDB programs of this machine. SKIP LOCKED needs 10.6 or newer.
 *
 * @throws Error that says what to install or set
 */
export function findBinaries(path: string, chosen: string | null): Binaries {
  const folders = [...path.split(delimiter), ...otherFolders];
  const server = chosen ?? find(['mariadbd', 'mysqld'], folders);
  const init = find(['mariadb-install-db', 'mysql_install_db'], folders);
  if (!server || !init) {
    const missing = server ? 'mariadb-install-db' : 'mariadbd';
    throw new Error(
      `${missing} was not found: install MariaDB, or set DATABASE_URL to a server that stands already.`,
    );
  }
  const version = execFileSync(server, ['--no-defaults', '--version'], { encoding: 'utf8' });
  const [, major, minor] = /Ver (\d+)\.(\d+)\.\d+-MariaDB/i.exec(version) ?? [];
  if (!major || !minor) throw new Error(`${server} is not MariaDB: ${version.trim()}`);
  if (Number(major) * 100 + Number(minor) < 1006) {
    throw new Error(`${server} is MariaDB ${major}.${minor}, but 10.6 or newer is needed.`);
  }
  return { server, init };
}

function find(names: string[], folders: string[]): string | undefined {
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(isExecutable);
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
