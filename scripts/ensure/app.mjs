import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { at, fail, root, run, runShown, say } from './common.mjs';
import { alone } from './lock.mjs';

const madeOf = {
  app: ['pwa', 'sync', 'shared', 'package-lock.json'],
  server: ['server', 'sync', 'shared', 'scripts', 'package-lock.json'],
};

/** Builds the pwa when the hash of what it is made of changed; a failed build leaves no stamp. */
export async function buildApp(lock) {
  const dist = at('pwa', 'dist');
  const derive = at('pwa', 'dist', '.built-from');
  if (isStamped(derive, hashOf(madeOf.app))) return;
  await alone(lock, async (started) => {
    const want = hashOf(madeOf.app);
    if (isStamped(derive, want)) return; // another process built it meanwhile
    say('building the app (vite build)');
    rmSync(dist, { recursive: true, force: true });
    const code = await runShown(['vite', 'build', 'pwa', '--logLevel', 'error'], started);
    if (code !== 0) {
      rmSync(dist, { recursive: true, force: true });
      fail('the app did not build; see above');
    }
    mkdirSync(dist, { recursive: true });
    writeFileSync(derive, want);
  });
}

/** A server that has to compile itself first keeps the compiler in memory for as long as it runs. */
export function compileServer() {
  if (process.env.NODE_COMPILE_CACHE) return;
  const want = hashOf(madeOf.server);
  const derive = at('.cache', 'compiled', '.compiled-from');
  if (isStamped(derive, want)) return;
  // Only memory is at stake: what is wrong with the server is said by its start.
  if (run('sh', ['scripts/serve.sh', 'server/compile.ts']).status !== 0) return;
  try {
    mkdirSync(at('.cache', 'compiled'), { recursive: true });
    writeFileSync(derive, want);
  } catch {
    // Nothing can be kept here: it is compiled at each start.
  }
}

function isStamped(derive, want) {
  return existsSync(derive) && readFileSync(derive, 'utf8') === want;
}

function hashOf(names) {
  const hash = createHash('sha256');
  const walk = (path) => {
    if (/(^|[\\/])(dist|node_modules)$/.test(path) || /\.test\.ts$/.test(path)) return;
    if (statSync(path).isDirectory()) {
      for (const name of readdirSync(path).sort()) walk(join(path, name));
    } else {
      hash.update(path.slice(root.length)).update(readFileSync(path));
    }
  };
  for (const name of names) walk(at(name));
  return hash.digest('hex');
}
