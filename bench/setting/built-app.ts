import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Size } from '../figure.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * Makes sure that the app which the server delivers is built. In the full form it is rebuilt if the sources
 * have changed, by the same check as `npm start` (scripts/ensure.mjs). The tiny form uses the existing build.
 *
 * @throws Error if the build fails, or if the tiny form finds no build
 */
export function ensureBuilt(size: Size): void {
  if (size === 'tiny') {
    if (existsSync(`${root}pwa/dist/index.html`)) return;
    throw new Error('the app is not built: node scripts/ensure.mjs app');
  }
  // The output goes to stderr, because stdout belongs to the figures.
  const done = spawnSync(process.execPath, ['scripts/ensure.mjs', 'app'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  });
  if (done.status !== 0) throw new Error('the app did not build; see above');
}
