import { setTimeout as sleep } from 'node:timers/promises';
import Bree from 'bree';
import type { Server } from '../context.ts';
import type { WorkerData } from './worker.ts';

export type Jobs = { stop: () => Promise<void> };

/** A job of the list: its work is in its own file. */
export type Job = {
  name: string;
  /** The file that exports `run`. */
  file: string;
  /** Runs at a fixed interval. */
  every?: { ms: number; firstAfterMs: number };
  /** Asked at each tick: runs where it answers true. */
  when?: (server: Server) => Promise<boolean>;
  /** Does not start while this other job runs. */
  notBeside?: string;
  /** Works through small batches: what it holds is not to grow because there is room. */
  small?: boolean;
};

/** How long a job may go on after it was asked to stop. Its thread is then ended (jobs can be killed anywhere). */
const stopWithinMs = 10_000;
const tickMs = 1_000;
/**
 * In MB, for small jobs. Measured with 4,000 invoices: 128 take 350 MB for the whole server, 72 take 294 to 312 at no
 * more CPU, 48 take 288 to 314 and twice the CPU.
 */
const resourceLimits = { maxOldGenerationSizeMb: 72, maxYoungGenerationSizeMb: 6 };
/** Where work is left over by a run (a drawing that fails), the next is not at once. */
const restMs = 5_000;

/**
 * Runs each job as a worker thread. The schedule only says "look again": the job decides from the database what is due,
 * so a look too many, or one that was missed, changes nothing.
 *
 * @param thread the file of the thread, which runs the job's file
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
      const worker = small ? { workerData, resourceLimits } : { workerData };
      const timing = every ? { timeout: every.firstAfterMs, interval: every.ms } : { timeout: false };
      return { name, path: thread, worker, ...timing };
    }),
  } as unknown as ConstructorParameters<typeof Bree>[0]); // its types know neither logger functions nor this worker
  await bree.start();

  let stopped = false;
  let ticking: Promise<void> = Promise.resolve();
  const lastRun = new Map<string, number>();
  const runWhereDue = async ({ name, when, notBeside }: Job) => {
    if (!when || bree.workers.has(name) || (notBeside && bree.workers.has(notBeside))) return;
    if (Date.now() - (lastRun.get(name) ?? 0) < restMs) return;
    if (!(await when(server)) || stopped) return;
    lastRun.set(name, Date.now());
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
      // bree.stop() waits for ever where a worker's first message after "cancel" is another one.
      const deadline = new AbortController();
      const late = sleep(stopWithinMs, undefined, { signal: deadline.signal }).catch(() => undefined);
      await Promise.race([bree.stop(), late]);
      deadline.abort();
      await Promise.all(threads.map((each) => each.terminate()));
    },
  };
}
