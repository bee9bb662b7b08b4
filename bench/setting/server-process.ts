import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../../server/config.ts';
import { profileEnv } from './profile/profile.ts';
import { atEnd } from './ending.ts';
import type { Server } from '../../server/context.ts';
import { openServer } from '../../server/open-server.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Starts the server as `npm start` does. The script uses exec, so the process is the server's. */
const serve = ['scripts/serve.sh', 'server/main.ts'];

/** The real server in its own process. */
export type ServerProcess = { url: string; pid: number };

/**
 * Starts the server on a database that may be empty. It is migrated and gets the catalogue, but no people.
 *
 * @param extraEnv further environment variables
 */
export async function startServer(
  databaseUrl: string,
  extraEnv: Record<string, string> = {},
): Promise<ServerProcess> {
  const dataDir = mkdtempSync(join(tmpdir(), 'cstims-bench-data-'));
  atEnd(() => rmSync(dataDir, { recursive: true, force: true }));
  const port = await freePort();
  const env = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`,
    NODE_ENV: 'development', // plain http and caught e-mails, otherwise as in production
    DEMO: 'no',
    DATABASE_URL: databaseUrl,
    DATA_DIR: dataDir,
    PORT: String(port),
    LOG_LEVEL: 'warn',
    ...profileEnv(),
    ...extraEnv,
  };
  // The log goes to stderr, because stdout belongs to the figures.
  const child = spawn('sh', serve, { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = new Promise<void>((done) => child.once('exit', () => done()));
  atEnd(async () => {
    child.kill('SIGTERM');
    await ended;
  });
  await new Promise<void>((ready, failed) => {
    child.once('exit', (code) => failed(new Error(`the server ended with ${code}`)));
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('ready http') && ready());
  });
  return { url: `http://127.0.0.1:${port}`, pid: child.pid ?? 0 };
}

/** Opens the server's own code on its database, for what a bench writes and reads beside the running process. */
export function besideServer(databaseUrl: string): Server {
  const server = openServer(readConfig({ DEMO: 'no', LOG_LEVEL: 'silent' }), databaseUrl, 2);
  atEnd(() => server.db.close());
  return server;
}

/** The CPU time that a process has used with all its threads, in milliseconds (Linux: in steps of 10). */
export function cpuMsOf(pid: number): number {
  return cpuMsIn(`/proc/${pid}/stat`);
}

/**
 * The CPU time of the main thread alone, in milliseconds. Node runs requests there, but not jobs, garbage
 * collection or the compiler.
 */
export function mainThreadMsOf(pid: number): number {
  return cpuMsIn(`/proc/${pid}/task/${pid}/stat`);
}

/** The memory that a process uses now, in megabytes (Linux). */
export function rssMbOf(pid: number): number {
  const [, kilobytes = ''] = /^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1_024;
}

function cpuMsIn(file: string): number {
  const stat = readFileSync(file, 'utf8');
  // The name in brackets may hold spaces; utime and stime are fields 14 and 15, in hundredths of a second.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
