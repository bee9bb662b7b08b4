import { setTimeout as sleep } from 'node:timers/promises';
import { startEmbedded, type Embedded } from '../server/database/embedded.ts';

/** A private mariadbd that may be killed at any time. It is durable: committed data survives a kill. */
export type DatabaseProcess = {
  url: string;
  kills: number;
  isUp: () => boolean;
  /** kill -9 */
  kill: () => void;
  /** Starts on the same data directory and recovers from it. */
  start: () => Promise<void>;
  stop: () => Promise<void>;
  /** The folder with its files. */
  folder: string;
  /** Works on the files while no database runs. Whoever starts it meanwhile waits. */
  whileStopped: (work: () => void) => Promise<void>;
};

export async function createDatabaseProcess(dir: string, schema = 'cstims'): Promise<DatabaseProcess> {
  let running: Embedded | null = await startEmbedded({
    dir,
    durable: true,
    searchPath: process.env['PATH'] ?? '',
  });
  let starting: Promise<void> | null = null;
  let held: Promise<void> | null = null;
  const database: DatabaseProcess = {
    url: running.url(schema),
    kills: 0,
    isUp: () => running !== null,
    kill() {
      if (!running) return;
      process.kill(running.pid, 'SIGKILL');
      running = null;
      database.kills += 1;
    },
    folder: dir,
    async whileStopped(work) {
      await starting;
      const hold = Promise.withResolvers<void>();
      held = hold.promise;
      try {
        const pid = running?.pid;
        database.kill();
        while (pid !== undefined && isAlive(pid)) await sleep(20);
        work();
      } finally {
        held = null;
        hold.resolve();
      }
      await database.start();
    },
    async start() {
      await held;
      if (running) return;
      starting ??= startEmbedded({ dir, durable: true, searchPath: process.env['PATH'] ?? '' }).then(
        (started) => {
          running = started;
          starting = null;
        },
      );
      await starting;
    },
    async stop() {
      await starting;
      await running?.stop();
    },
  };
  return database;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
