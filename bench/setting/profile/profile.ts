import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Sequelize } from 'sequelize';
import { modulesOf, type CpuProfile } from './modules.ts';
import { statementsByText } from './statements.ts';

/*
 * `npm run bench -- NAME --profile`: where the time goes. It writes the CPU profile of the server (open it in the developer
 * tools of Chromium) and prints the time of its main thread by module, the statements by text, and the bytes by procedure
 * and collection. Profiling costs time itself, so the figures of such a run are not to be compared with others.
 */

let folder: string | null = null;
const bytesOf = new Map<string, { calls: number; bytes: number }>();
let statements: string[] = [];

export function startProfile(): void {
  folder = mkdtempSync(join(tmpdir(), 'cstims-profile-'));
}

export const isProfile = () => folder !== null;

/** Variables for a server process that is to be profiled. */
export function profileEnv(): Record<string, string> {
  return folder === null ? {} : { NODE_OPTIONS: `--cpu-prof --cpu-prof-dir=${folder}` };
}

/** Logs the statements of the work, if this run is a profile. */
export async function withStatements<T>(db: Sequelize, work: () => Promise<T>): Promise<T> {
  if (folder === null) return work();
  const { result, lines } = await statementsByText(db, work);
  statements = lines;
  return result;
}

/** Counts the bytes of a request and its answer, if this run is a profile. */
export function countBytes(what: string, bytes: number): void {
  const known = bytesOf.get(what) ?? { calls: 0, bytes: 0 };
  bytesOf.set(what, { calls: known.calls + 1, bytes: known.bytes + bytes });
}

/** Prints the profile. It is complete only after the server has ended. */
export function printProfile(log: (text: string) => void): void {
  if (folder === null) return;
  const main = readdirSync(folder).find((name) => /\.0\.\d+\.cpuprofile$/.test(name));
  if (main) {
    const file = join(folder, main);
    log(`\nmain thread of the server, ms by module (${file}):`);
    const profile = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile; // written by Node
    for (const [name, ms] of modulesOf(profile).slice(0, 30)) log(`${ms.toFixed(0).padStart(8)}  ${name}`);
  }
  log('\nstatements by text:');
  for (const line of statements.slice(0, 40)) log(line);
  log('\nbytes by procedure and collection:');
  for (const [what, { calls, bytes }] of [...bytesOf].sort(([, a], [, b]) => b.bytes - a.bytes))
    log(`${String(bytes).padStart(10)}  ${calls} calls  ${what}`);
}
