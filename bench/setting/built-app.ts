import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Size } from '../figure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The app that the server gives out. In full it is built where it is not made of the sources as they stand, by the
 * proof that `npm start` goes by (scripts/ensure.mjs); the tiny form takes the one that is there.
 */
export function ensureBuilt(size: Size): void {
  if (size === 'tiny') {
    if (existsSync(`${root}pwa/dist/index.html`)) return;
    throw new Error('the app is not built: node scripts/ensure.mjs app');
  }
  // What is said meanwhile goes to stderr: stdout belongs to the figures.
  const done = spawnSync(process.execPath, ['scripts/ensure.mjs', 'app'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) throw new Error('the app did not build; see above');
}
