import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';

/** Job workers beside those of the server, as a second server on the same database runs them; ended anywhere. */
export type JobThreads = {
  kills: number;
  run: (job: string, wanted: { standAt: string; endAfterMs: number }) => void;
  stop: () => Promise<void>;
};

export function createJobThreads(databaseUrl: string, url: string, env: Record<string, string>): JobThreads {
  const running = new Set<Worker>();
  const threads: JobThreads = {
    kills: 0,
    run(job, { standAt, endAfterMs }) {
      const file = fileURLToPath(new URL(`../server/jobs/${job}.ts`, import.meta.url));
      const worker = new Worker(file, {
        env: { ...process.env, ...env, CSTIMS_STAND_AT: standAt, LOG_LEVEL: 'silent' },
        workerData: { databaseUrl, publicUrl: url },
        execArgv: [],
      });
      running.add(worker);
      const timer = setTimeout(() => {
        threads.kills += 1;
        void worker.terminate();
      }, endAfterMs);
      worker.on('error', () => undefined); // the database was gone: as in a server, the next look goes on
      worker.on('exit', () => {
        clearTimeout(timer);
        running.delete(worker);
      });
    },
    async stop() {
      await Promise.all([...running].map((worker) => worker.terminate()));
    },
  };
  return threads;
}
