import { spawn, spawnSync } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The checkout that these scripts lie in. */
export const root = fileURLToPath(new URL('../..', import.meta.url));
export const at = (...parts) => join(root, ...parts);

export function say(text) {
  console.error(`cstims: ${text}`);
}

export function fail(text, code = 1) {
  console.error(`\n${text}\n`);
  process.exit(code);
}

/** Scripts get node_modules/.bin first in PATH, as `npm run` gives it. */
function environment() {
  return { ...process.env, PATH: at('node_modules', '.bin') + delimiter + process.env.PATH };
}

const shell = process.platform === 'win32';

/** Runs a command to its end and keeps what it printed. */
export function run(command, args) {
  return spawnSync(command, args, { cwd: root, encoding: 'utf8', env: environment(), shell });
}

/**
 * Runs a command that prints by itself, and hands a request to stop on to it.
 *
 * @param started is called with the process as soon as there is one
 * @returns its exit code, 1 where it has none
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
      say(`${command}: ${error.message}`);
      end(1);
    });
    child.once('close', end);
    if (child.pid !== undefined) started(child.pid);
  });
}
