import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, fail, root, run, runShown, log } from './common.mjs';
import { withLock } from './lock.mjs';

const sources = {
  app: ['pwa', 'sync', 'shared', 'package-lock.json'],
  server: ['server', 'sync', 'shared', 'scripts', 'package-lock.json'],
};

/** Builds the pwa if the hash of its sources has changed. A failed build leaves no stamp. */
export async function buildApp(lock) {
  const dist = at('pwa', 'dist');
  const stampFile = at('pwa', 'dist', '.built-from');
  if (isStamped(stampFile, hashOf(sources.app))) return;
  await withLock(lock, async (started) => {
    const hash = hashOf(sources.app);
    if (isStamped(stampFile, hash)) return; // another process built it meanwhile
    log('building the app (vite build)');
    rmSync(dist, { recursive: true, force: true });
    const code = await runShown(['vite', 'build', 'pwa', '--logLevel', 'error'], started);
    if (code !== 0) {
      rmSync(dist, { recursive: true, force: true });
      fail('the app did not build; see above');
    }
    mkdirSync(dist, { recursive: true });
    writeFileSync(stampFile, hash);
  });
}

/**
 * Fills the compile cache of the server. A server that compiles itself keeps the compiler in memory for as
 * long as it runs.
 */
export function compileServer() {
  if (process.env.NODE_COMPILE_CACHE) return;
  const hash = hashOf(sources.server);
  const stampFile = at('.cache', 'compiled', '.compiled-from');
  if (isStamped(stampFile, hash)) return;
  // Only memory is at stake. A broken server reports its error when it starts.
  if (run('sh', ['scripts/serve.sh', 'server/compile.ts']).status !== 0) return;
  try {
    mkdirSync(at('.cache', 'compiled'), { recursive: true });
    writeFileSync(stampFile, hash);
  } catch {
    // The folder is not writable: the server is compiled at each start.
  }
}

function isStamped(stampFile, hash) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash;
}

function hashOf(names) {
  const digest = createHash('sha256');
  const walk = (path) => {
    if (/(^|[\\/])(dist|node_modules)$/.test(path) || /\.test\.ts$/.test(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) walk(join(path, name));
    } else {
      digest.update(path.slice(root.length)).update(readFileSync(path));
    }
  };
  for (const name of names) walk(at(name));
  return digest.digest('hex');
}
