import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));
const dist = join(root, 'pwa', 'dist');

/** Builds the app where the build is missing or older than a file that it is made of. */
export function ensureBuilt(): void {
  const page = join(dist, 'index.html');
  const sources = ['pwa', 'sync', 'shared'].map((folder) => newestIn(join(root, folder)));
  if (existsSync(page) && statSync(page).mtimeMs > Math.max(...sources)) return;
  const built = spawnSync('vite', ['build', 'pwa', '--logLevel', 'error'], { cwd: root, stdio: 'inherit' });
  if (built.status === 0) return;
  rmSync(dist, { recursive: true, force: true }); // a failed build can leave one that looks whole
  throw new Error('the app did not build; see above');
}

/** The time of the last change in a folder, in milliseconds since 1970. */
function newestIn(folder: string): number {
  const times = readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => name !== 'dist' && name !== 'node_modules')
    .map((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? newestIn(path) : statSync(path).mtimeMs;
    });
  return Math.max(0, ...times);
}
