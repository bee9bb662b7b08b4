import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root folder of the checkout. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const at = (...parts) => join(root, ...parts);

export function log(text) {
  console.error(`cstims: ${text}`);
}

export function fail(text, code = 1) {
  console.error(`\n${text}\n`);
  process.exit(code);
}

/** The environment for scripts, with node_modules/.bin first in PATH as `npm run` sets it. */
function environment() {
  return { ...process.env, PATH: at('node_modules', '.bin') + delimiter + process.env.PATH };
}

const shell = process.platform === 'win32';

/** Runs a command to its end and captures its output. */
export function run(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', env: environment(), shell });
}

/**
 * Runs a command with inherited output, and forwards a request to stop to it.
 *
 * @param started is called with the pid as soon as the process exists
 * @returns its exit code; 1 if it has none
 */
export function runShown([command, ...args], started) {
  return new Promise((done) => {
    const child = spawn(command, args, { cwd: root, stdio: 'inherit', env: environment(), shell });
    const stop = (signal) => child.kill(signal);
    process.on('SIGTERM', stop).on('SIGINT', stop);
    const end = (code) => {
      process.off('SIGTERM', stop).off('SIGINT', stop);
      done(code === null ? 1 : code);
    };
    child.once('error', (error) => {
      log(`${command}: ${error.message}`);
      end(1);
    });
    child.once('close', end);
    if (child.pid !== undefined) started(child.pid);
  });
}
