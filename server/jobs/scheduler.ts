import { setTimeout as sleep } from 'node:timers/promises';
import Bree from 'bree';
import type { Server } from '../context.ts';
import { smallHeap, type WorkerData } from './worker.ts';

export type Jobs = { stop: () => Promise<void> };

/** A job of the job list. Its work is in its own file. */
export type Job = {
  name: string;
  /** The file that exports `run`. */
  file: string;
  /** Runs at a fixed interval. */
  every?: { ms: number; firstAfterMs: number };
  /** Called at each tick: the job runs if it returns true. */
  when?: (server: Server) => Promise<boolean>;
  /** Does not start while this other job runs. */
  notBeside?: string;
  /** The job works in small batches, so its heap is limited and does not grow just because memory is free. */
  small?: boolean;
};

/** How long a job may continue after it was asked to stop. Then its thread is ended: jobs can be killed at any point. */
const stopWithinMs = 10_000;
const tickMs = 1_000;
/** At least this long between two starts of a job by its `when`. A run may leave work undone (a drawing that fails). */
const restMs = 5_000;

/**
 * Runs each job in a worker thread. The schedule only triggers a check: the job reads from the database what is due, so
 * an extra or a missed check changes nothing.
 *
 * @param thread the entry file of the worker threads, which runs the job's file
 */
export async function startJobs(
  server: Server,
  { databaseUrl, jobs, thread }: { databaseUrl: string; jobs: readonly Job[]; thread: string },
): Promise<Jobs> {
  const { log, config } = server;
  const bree = new Bree({
    root: false,
    defaultExtension: 'ts',
    acceptedExtensions: ['.ts'],
    logger: {
      info: () => undefined,
      warn: (message: unknown) => log.debug({ message: String(message) }, 'scheduler'),
      error: (error: unknown) => log.error({ error }, 'scheduler'),
    },
    errorHandler: (error: unknown, { name }: { name: string }) =>
      log.error({ job: name, error }, 'a job failed'),
    workerMessageHandler: () => undefined,
    jobs: jobs.map(({ name, file, every, small }) => {
      const workerData: WorkerData = { databaseUrl, publicUrl: config.publicUrl, job: file };
      const worker = small ? { workerData, resourceLimits: smallHeap } : { workerData };
      const timing = every ? { timeout: every.firstAfterMs, interval: every.ms } : { timeout: false };
      return { name, path: thread, worker, ...timing };
    }),
  } as unknown as ConstructorParameters<typeof Bree>[0]); // its types lack the logger functions and these worker options
  await bree.start();

  let stopped = false;
  let ticking: Promise<void> = Promise.resolve();
  const lastRun = new Map<string, number>();
  const runWhereDue = async ({ name, when, notBeside }: Job) => {
    if (!when || bree.workers.has(name) || (notBeside && bree.workers.has(notBeside))) return;
    if (performance.now() - (lastRun.get(name) ?? -restMs) < restMs) return;
    if (!(await when(server)) || stopped) return;
    lastRun.set(name, performance.now());
    await bree.run(name);
  };
  const tick = async () => {
    for (const job of jobs) await runWhereDue(job);
  };
  const timer = setInterval(() => {
    ticking = ticking.then(tick).catch((error: unknown) => log.warn({ error }, 'looking for work failed'));
  }, tickMs);

  return {
    async stop() {
      stopped = true;
      clearInterval(timer);
      await ticking;
      const threads = [...bree.workers.values()];
      // bree.stop() never ends if the first message of a worker after "cancel" is not its answer.
      const deadline = new AbortController();
      const late = sleep(stopWithinMs, undefined, { signal: deadline.signal }).catch(() => undefined);
      await Promise.race([bree.stop(), late]);
      deadline.abort();
      await Promise.all(threads.map((each) => each.terminate()));
    },
  };
}
