import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Packages of the comparison. They are never dependencies of the product. */
const dependencies = {
  pouchdb: '9.0.0',
  'pouchdb-adapter-memory': '9.0.0',
  'express-pouchdb': '4.2.0',
  express: '4.22.3', // the version that express-pouchdb is made for
};

const folder = fileURLToPath(new URL('../../.cache/yardsticks/pouchdb', import.meta.url));

/**
 * Installs PouchDB and its server at first use, in a separate folder.
 *
 * @returns the folder
 * @throws Error with npm's message if the registry lacks a package or is not reachable
 */
export function pouchYardstick(): string {
  const manifest = JSON.stringify({ private: true, dependencies });
  const done = join(folder, '.installed');
  if (existsSync(done) && readFileSync(done, 'utf8') === manifest) return folder;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), manifest);
  const args = ['install', '--prefix', folder, '--ignore-scripts', '--no-audit', '--no-fund'];
  const { status, stderr, error } = spawnSync('npm', args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm install failed: ${error?.message ?? stderr.trim().slice(-300)}`);
  writeFileSync(done, manifest);
  return folder;
}
