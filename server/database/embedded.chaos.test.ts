import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { temporaryFolder } from '../test/temporary-folder.ts';
import { connect, createDatabase } from './connect.ts';
import { startEmbedded, type Embedded } from './embedded.ts';
import { isAlive, readPid } from './process-state.ts';

const main = fileURLToPath(new URL('../main.ts', import.meta.url));
let dir: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  dir = temporaryFolder('cstims-embedded-');
});
afterEach(async () => {
  for (const child of children.splice(0))
    if (child.exitCode === null && child.signalCode === null) await end(child, 'SIGTERM');
  const leftover = await startEmbedded({
    dir: join(dir, 'mariadb'),
    durable: false,
    searchPath: process.env['PATH'] ?? '',
  }).catch(() => null);
  await leftover?.stop();
  rmSync(dir, { recursive: true, force: true });
});

type RunningApp = {
  child: ChildProcess;
  output: () => string;
  ready: Promise<void>;
  ended: Promise<number | null>;
};

function startApp(port: number): RunningApp {
  const env = {
    ...process.env,
    DATA_DIR: dir,
    PORT: String(port),
    DEMO: 'no',
    LOG_LEVEL: 'warn',
    DATABASE_URL: '',
  };
  const child = spawn(process.execPath, [main], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  children.push(child);
  let output = '';
  const ready = new Promise<void>((done) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString();
        if (/ready http/.test(output)) done();
      });
    }
  });
  const ended = new Promise<number | null>((done) => child.once('close', (code) => done(code)));
  return { child, output: () => output, ready, ended };
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  const closed = new Promise((done) => child.once('close', done));
  child.kill(signal);
  await closed;
}

async function adoptIfRunning(): Promise<Embedded | null> {
  const embedded = await startEmbedded({
    dir: join(dir, 'mariadb'),
    durable: false,
    searchPath: process.env['PATH'] ?? '',
  });
  if (embedded.adopted) return embedded;
  await embedded.stop();
  return null;
}

test('after kill -9 of the app, the next start adopts its database, and SIGTERM stops both', async () => {
  const first = startApp(39_411);
  await first.ready;
  await end(first.child, 'SIGKILL');
  expect(await adoptIfRunning()).not.toBeNull();
  const second = startApp(39_411);
  await second.ready;
  await end(second.child, 'SIGTERM');
  expect(await adoptIfRunning()).toBeNull();
});

test('two apps that start at once share one database, and the last to stop shuts it down', async () => {
  const [one, two] = [startApp(39_412), startApp(39_413)];
  await Promise.all([one.ready, two.ready]);
  await end(one.child, 'SIGTERM');
  const response = await fetch('http://127.0.0.1:39413/api/trpc/account.me');
  expect(response.status).toBe(200);
  await response.text();
  await end(two.child, 'SIGTERM');
  expect(await adoptIfRunning()).toBeNull();
});

test('the lock of a killed start does not block the next start', async () => {
  const mariadb = join(dir, 'mariadb');
  const embedded = await startEmbedded({
    dir: mariadb,
    durable: false,
    searchPath: process.env['PATH'] ?? '',
  });
  await embedded.stop();
  writeFileSync(join(mariadb, 'start.lock'), '999999');
  writeFileSync(join(mariadb, 'mariadbd.pid'), String(process.pid)); // a pid that another process has now
  const again = await startEmbedded({ dir: mariadb, durable: false, searchPath: process.env['PATH'] ?? '' });
  expect(again.adopted).toBe(false);
  await again.stop();
  // A lock without a pid: its disk was full.
  writeFileSync(join(mariadb, 'start.lock'), '');
  utimesSync(join(mariadb, 'start.lock'), 0, 0);
  const third = await startEmbedded({ dir: mariadb, durable: false, searchPath: process.env['PATH'] ?? '' });
  await third.stop();
});

test('committed rows survive kill -9 of the database', async () => {
  const mariadb = join(dir, 'mariadb');
  const embedded = await startEmbedded({
    dir: mariadb,
    durable: true,
    searchPath: process.env['PATH'] ?? '',
  });
  const url = embedded.url('test_kill');
  await createDatabase(url);
  const db = connect(url, 1);
  await db.query('CREATE TABLE t (n INT PRIMARY KEY)');
  await db.query('INSERT INTO t VALUES (42)');
  process.kill(embedded.pid, 'SIGKILL');
  await db.close().catch(() => undefined);
  const again = await startEmbedded({ dir: mariadb, durable: true, searchPath: process.env['PATH'] ?? '' });
  const after = connect(again.url('test_kill'), 1);
  expect(await after.query('SELECT n FROM t')).toEqual([[{ n: 42 }], expect.anything()]);
  await after.close();
  await again.stop();
});

test('SIGTERM during the start stops the app and its database', async () => {
  const app = startApp(39_414);
  await new Promise((soon) => setTimeout(soon, 400));
  app.child.kill('SIGTERM');
  await app.ended;
  expect(await adoptIfRunning()).toBeNull();
});

test('a port in use stops the start with an error, and the other app keeps its database', async () => {
  const first = startApp(39_415);
  await first.ready;
  const second = startApp(39_415);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain('PORT is not free');
  const health = await fetch('http://127.0.0.1:39415/health');
  expect(health.status).toBe(200);
  await health.text(); // otherwise the connection stays busy and delays the shutdown of the first app
});

test('a database that is killed beside a running app is started again, and the app serves on', async () => {
  const port = 39_417;
  const app = startApp(port);
  await app.ready;
  const pidFile = join(dir, 'mariadb', 'mariadbd.pid');
  const first = readPid(pidFile);
  process.kill(first, 'SIGKILL');
  const isReady = async () => {
    const response = await fetch(`http://127.0.0.1:${port}/ready`).catch(() => null);
    return response?.status === 200 && readPid(pidFile) !== first;
  };
  await expect.poll(isReady, { timeout: 30_000, interval: 200 }).toBe(true);
  // Logged by the watch over the database, which may learn of it after the first request.
  await expect.poll(() => app.output()).toContain('the database runs again');
  expect(await (await fetch(`http://127.0.0.1:${port}/api/trpc/public.landing`)).text()).toContain('vps');
  const second = readPid(pidFile);
  app.child.kill('SIGTERM');
  expect(await app.ended).toBe(0);
  expect(isAlive(second)).toBe(false);
});
