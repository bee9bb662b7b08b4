import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isAlive, readPid, runsOn } from './process-state.ts';
import { findBinaries, type Binaries } from './embedded-binaries.ts';

/**
 * The private MariaDB of a data directory. It has its own files, a unix socket in a folder that only this user can
 * enter, and no network. A server that a killed app left running is adopted. Two starts at once share one server.
 */
export type Embedded = {
  /** Connection URL of a database of this server. */
  url: (database: string) => string;
  pid: number;
  adopted: boolean;
  /** Shuts the server down cleanly (SIGTERM) and waits until it has ended. */
  stop: () => Promise<void>;
};

type EmbeddedOptions = {
  dir: string;
  durable: boolean;
  mariadbd?: string | null;
  searchPath: string; // as in PATH
  timeoutMs?: number;
};
type Paths = { dir: string; data: string; socket: string; pidFile: string; log: string; lock: string };

const asRoot = process.getuid?.() === 0 ? ['--user=root'] : [];

export async function startEmbedded({
  dir,
  durable,
  mariadbd,
  searchPath,
  timeoutMs = 60_000,
}: EmbeddedOptions): Promise<Embedded> {
  const paths = pathsIn(resolve(dir));
  mkdirSync(paths.dir, { recursive: true, mode: 0o700 });
  chmodSync(paths.dir, 0o700);
  const binaries = findBinaries(searchPath, mariadbd ?? null);
  await takeLock(paths.lock, timeoutMs);
  try {
    const running = await adopt(paths, timeoutMs);
    if (running) return handle(paths, running, { adopted: true, timeoutMs });
    if (!existsSync(join(paths.data, 'mysql', 'global_priv.frm'))) await initialise(paths, binaries);
    const pid = await launch(paths, binaries, { durable, timeoutMs });
    return handle(paths, pid, { adopted: false, timeoutMs });
  } finally {
    rmSync(paths.lock, { force: true });
  }
}

function pathsIn(dir: string): Paths {
  let socket = join(dir, 'mariadbd.sock');
  // The address of a unix socket has 104 octets on macOS and 108 on Linux.
  if (Buffer.byteLength(socket) > 100) {
    const short = join(tmpdir(), `cstims-${process.getuid?.() ?? 0}`);
    mkdirSync(short, { recursive: true, mode: 0o700 });
    if (statSync(short).mode & 0o077) throw new Error(`${short} must be open to this user only (chmod 700)`);
    socket = join(short, `${createHash('sha256').update(dir).digest('hex').slice(0, 16)}.sock`);
  }
  return {
    dir,
    data: join(dir, 'data'),
    socket,
    pidFile: join(dir, 'mariadbd.pid'),
    log: join(dir, 'mariadbd.log'),
    lock: join(dir, 'start.lock'),
  };
}

/** Creates a lock file with O_EXCL that holds our pid. A lock is stale if its process has ended. */
async function takeLock(lock: string, timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  for (;;) {
    try {
      const file = openSync(lock, 'wx', 0o600);
      try {
        writeFileSync(file, String(process.pid));
      } catch (error) {
        rmSync(lock, { force: true }); // the disk is full
        throw error;
      } finally {
        closeSync(file);
      }
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const holder = readPid(lock);
    const isStale = holder === 0 ? isOlderThan(lock, 5_000) : holder !== process.pid && !isAlive(holder);
    if (isStale) rmSync(lock, { force: true });
    else if (Date.now() > until) throw new Error(`another start (process ${holder}) holds ${lock}`);
    else await sleep(50);
  }
}

/** True for a file that was last changed longer ago. A lock without a pid is being written, or its writer has ended. */
function isOlderThan(file: string, ms: number): boolean {
  const stat = statSync(file, { throwIfNoEntry: false });
  return stat !== undefined && Date.now() - stat.mtimeMs > ms;
}

/** Returns the pid of a server that already runs on this data directory, or null. */
async function adopt(paths: Paths, timeoutMs: number): Promise<number | null> {
  const pid = readPid(paths.pidFile);
  if (pid === 0 || !isAlive(pid) || !runsOn(pid, paths.data)) return null;
  const until = Date.now() + timeoutMs;
  while (isAlive(pid) && Date.now() < until) {
    if (await isAnswering(paths.socket)) return pid;
    await sleep(50);
  }
  return null;
}

/** Initialises a temporary folder, then renames it, so that a crash leaves nothing that looks like a database. */
async function initialise(paths: Paths, { init }: Binaries): Promise<void> {
  if (existsSync(paths.data) && readdirSync(paths.data).length > 0) {
    throw new Error(`${paths.data} holds files but no MariaDB: move it away, or set DATA_DIR`);
  }
  rmSync(paths.data, { recursive: true, force: true });
  for (const leftover of readdirSync(paths.dir).filter((name) => name.startsWith('data.init-'))) {
    rmSync(join(paths.dir, leftover), { recursive: true, force: true });
  }
  const temporary = join(paths.dir, `data.init-${process.pid}`);
  mkdirSync(temporary, { mode: 0o700 });
  const args = [
    '--no-defaults',
    `--datadir=${temporary}`,
    `--tmpdir=${ownTmp(paths)}`,
    '--auth-root-authentication-method=normal',
    '--skip-test-db',
    '--skip-name-resolve',
    '--force',
    '--innodb-log-file-size=16M',
    ...asRoot,
  ];
  const child = spawn(init, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed);
    child.once('close', done);
  });
  if (code !== 0) throw new Error(`mariadb-install-db failed (${code}):\n${output.slice(-2000)}`);
  renameSync(temporary, paths.data);
}

/** Creates a folder for temporary tables. Servers that share one delete each other's tables when they start. */
function ownTmp({ dir }: Paths): string {
  const folder = join(dir, 'tmp');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

async function launch(
  paths: Paths,
  { server }: Binaries,
  { durable, timeoutMs }: { durable: boolean; timeoutMs: number },
): Promise<number> {
  rmSync(paths.socket, { force: true });
  const noFiles = join(paths.dir, 'no-files');
  mkdirSync(noFiles, { recursive: true });
  const args = [
    '--no-defaults',
    `--datadir=${paths.data}`,
    `--tmpdir=${ownTmp(paths)}`,
    `--socket=${paths.socket}`,
    `--pid-file=${paths.pidFile}`,
    `--log-error=${paths.log}`,
    '--skip-networking',
    '--skip-name-resolve',
    '--skip-log-bin',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_unicode_ci',
    '--sql-mode=STRICT_ALL_TABLES,NO_ENGINE_SUBSTITUTION,ERROR_FOR_DIVISION_BY_ZERO,ONLY_FULL_GROUP_BY',
    '--default-time-zone=+00:00',
    '--max-allowed-packet=16M',
    '--local-infile=0',
    `--secure-file-priv=${noFiles}`,
    '--lock-wait-timeout=30',
    '--innodb-lock-wait-timeout=10',
    '--innodb-snapshot-isolation=ON',
    '--innodb-buffer-pool-size=128M',
    ...(durable
      ? ['--innodb-flush-log-at-trx-commit=1', '--innodb-log-file-size=48M']
      : [
          '--innodb-flush-log-at-trx-commit=0',
          '--innodb-doublewrite=0',
          '--innodb-log-file-size=16M',
          '--innodb-flush-method=nosync',
        ]),
    ...asRoot,
  ];
  // detached gives it its own session: Ctrl-C reaches only the app, which then stops the database last.
  const child = spawn(server, args, { detached: true, stdio: 'ignore' });
  let ended: string | null = null;
  child.once('error', (error) => (ended = error.message));
  child.once('exit', (code, signal) => (ended = String(signal ?? code)));
  child.unref();
  const until = Date.now() + timeoutMs;
  while (!(await isAnswering(paths.socket))) {
    if (ended !== null)
      throw new Error(`mariadbd ended (${String(ended)}) while starting:\n${tail(paths.log)}`);
    if (Date.now() > until) {
      child.kill('SIGTERM');
      throw new Error(`mariadbd did not answer within ${timeoutMs} ms:\n${tail(paths.log)}`);
    }
    await sleep(20);
  }
  return child.pid ?? 0;
}

function handle(
  paths: Paths,
  pid: number,
  { adopted, timeoutMs }: { adopted: boolean; timeoutMs: number },
): Embedded {
  return {
    url: (database) => `mariadb://root@localhost/${database}?socketPath=${encodeURIComponent(paths.socket)}`,
    pid,
    adopted,
    async stop() {
      if (!isAlive(pid)) return;
      process.kill(pid, 'SIGTERM');
      const until = Date.now() + timeoutMs;
      while (isAlive(pid)) {
        if (Date.now() > until) throw new Error(`mariadbd ${pid} is still shutting down; see ${paths.log}`);
        await sleep(20);
      }
    },
  };
}

/** MariaDB sends a greeting first. Its octet 4 is the protocol version 10, or 255 for an error. */
function isAnswering(socket: string): Promise<boolean> {
  return new Promise((done) => {
    const connection = createConnection({ path: socket });
    const finish = (yes: boolean) => {
      clearTimeout(timer);
      connection.destroy();
      done(yes);
    };
    const timer = setTimeout(() => finish(false), 1_000);
    connection.once('data', (greeting) => finish(greeting[4] === 10));
    connection.once('error', () => finish(false));
    connection.once('close', () => finish(false));
  });
}

function tail(file: string): string {
  try {
    return readFileSync(file, 'utf8').split('\n').slice(-15).join('\n');
  } catch {
    return '(no log)';
  }
}
