import { spawn, type ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./server-main.ts', import.meta.url));

/** The real server in its own process, always at the same address. If it ends by itself, it is started again. */
export type ServerProcess = {
  port: number;
  url: string;
  /** The step of a job at which the running server's workers stop; '' if none. */
  stoppedAt: () => string;
  kills: number;
  /** How often it ended without being killed (for example because the database was down when it started). */
  endedByItself: number;
  start: (stopAt?: string) => void;
  /** kill -9 */
  kill: () => Promise<void>;
  /** Works while no server runs. It is started afterwards, unless somebody has killed it meanwhile. */
  whileStopped: (work: () => Promise<void>) => Promise<void>;
  ready: () => Promise<boolean>;
  /** Ends the server after the run has been judged, so nothing needs to settle first. */
  stop: () => Promise<void>;
};

type ServerOptions = { env: Record<string, string>; log: string };

export async function createServerProcess({ env, log }: ServerOptions): Promise<ServerProcess> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  let child: ChildProcess | null = null;
  let stopAt = '';
  let shouldRun = false;
  let held = 0;

  const run = () => {
    if (held > 0) return;
    const output = openSync(log, 'a');
    const started = spawn(process.execPath, [main], {
      env: { ...process.env, ...env, PORT: String(port), STOP_AT: stopAt },
      stdio: ['ignore', output, output],
    });
    closeSync(output);
    child = started;
    started.once('exit', () => {
      if (child !== started) return;
      child = null;
      if (!shouldRun) return;
      server.endedByItself += 1;
      setTimeout(() => shouldRun && !child && run(), 300);
    });
  };
  const end = async () => {
    shouldRun = false;
    const running = child;
    child = null;
    if (!running) return;
    const ended = new Promise((done) => running.once('exit', done));
    running.kill('SIGKILL');
    await ended;
  };

  const server: ServerProcess = {
    port,
    url,
    stoppedAt: () => stopAt,
    kills: 0,
    endedByItself: 0,
    start(at = '') {
      if (shouldRun) return;
      stopAt = at;
      shouldRun = true;
      run();
    },
    async kill() {
      server.kills += 1;
      await end();
    },
    async whileStopped(work) {
      held += 1;
      const wasWanted = shouldRun;
      await end();
      shouldRun = wasWanted;
      try {
        await work();
      } finally {
        held -= 1;
      }
      if (shouldRun && !child) run();
    },
    async ready() {
      const answer = await fetch(`${url}/ready`, { signal: AbortSignal.timeout(2_000) }).catch(() => null);
      await answer?.arrayBuffer();
      return answer?.ok ?? false;
    },
    stop: () => end(),
  };
  return server;
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done) => probe.listen(0, '127.0.0.1', done));
  const { port } = probe.address() as AddressInfo;
  await new Promise((done) => probe.close(done));
  return port;
}
