import type { Worker } from 'node:worker_threads';
import type { JobName } from '../server/job-list.ts';
import type { Step } from '../server/steps.ts';
import { startJobThread } from '../server/test/job-thread.ts';

/**
 * Job workers beside the server's own, as a second server on the same database would run them. They are
 * killed at any moment.
 */
export type JobThreads = {
  kills: number;
  run: (job: JobName, options: { stopAt: Step | ''; endAfterMs: number }) => void;
  stop: () => Promise<void>;
};

export function createJobThreads(databaseUrl: string, url: string, env: Record<string, string>): JobThreads {
  const running = new Set<Worker>();
  const threads: JobThreads = {
    kills: 0,
    run(job, { stopAt, endAfterMs }) {
      const worker = startJobThread(job, { databaseUrl, publicUrl: url, env, stopAt });
      running.add(worker);
      const timer = setTimeout(() => {
        threads.kills += 1;
        void worker.terminate();
      }, endAfterMs);
      worker.on('error', () => undefined); // the database was down; as in a server, the next run continues
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
