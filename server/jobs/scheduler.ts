import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import Bree from 'bree';
import type { Server } from '../context.ts';
import { invoicesUndrawn } from '../invoices/pdf/undrawn.ts';
import { emailsDue } from '../email/due-emails.ts';
import { recordsDue } from '../invoices/verifactu/queue.ts';
import { isAsked } from './runs.ts';
import type { WorkerData } from './worker.ts';

export type Jobs = { stop: () => Promise<void> };

/** How long a job may go on after it was asked to stop; its thread is then ended (jobs can be killed anywhere). */
const stopWithinMs = 10_000;
const tickMs = 1_000;
/**
 * For jobs that work through small batches: what they hold is not to grow because there is room. In MB. Measured with
 * 4,000 invoices: 128 take 350 MB for the whole server, 72 take 294 to 312 at no more CPU, 48 take 288 to 314 and twice
 * the CPU.
 */
const resourceLimits = { maxOldGenerationSizeMb: 72, maxYoungGenerationSizeMb: 6 };
/** Where work is left over by a run (a drawing that fails), the next is not at once. */
const restMs = 5_000;

/**
 * Runs each job as a worker thread. The schedule only says "look again": what is due is decided by the job from the
 * database, so a look too many, or one that was missed, changes nothing.
 */
export async function startJobs(server: Server, databaseUrl: string): Promise<Jobs> {
  const { log, config } = server;
  const workerData: WorkerData = { databaseUrl, publicUrl: config.publicUrl };
  const folder = fileURLToPath(new URL('.', import.meta.url));
  const job = (name: string) => ({ name, path: `${folder}${name}.ts` });
  const small = (name: string) => ({ ...job(name), worker: { workerData, resourceLimits } });
  const bree = new Bree({
    root: false,
    defaultExtension: 'ts',
    acceptedExtensions: ['.ts'],
    worker: { workerData },
    logger: {
      info: () => undefined,
      warn: (message: unknown) => log.debug({ message: String(message) }, 'scheduler'),
      error: (error: unknown) => log.error({ error }, 'scheduler'),
    },
    errorHandler: (error: unknown, { name }: { name: string }) =>
      log.error({ job: name, error }, 'a job failed'),
    workerMessageHandler: () => undefined,
    jobs: [
      { ...small('make-invoices'), timeout: 1_000, interval: config.pollSeconds * 1_000 },
      { ...job('tidy'), timeout: 5_000, interval: 3_600_000 },
      { ...small('draw-invoices'), timeout: false },
      { ...small('send-emails'), timeout: false },
      ...(config.verifactu ? [{ ...job('send-records'), timeout: false }] : []),
      ...(config.mailIn ? [{ ...job('receive-mail'), timeout: false }] : []),
    ],
  } as unknown as ConstructorParameters<typeof Bree>[0]); // its types know neither logger functions nor this worker
  await bree.start();

  let stopped = false;
  let ticking: Promise<void> = Promise.resolve();
  const lastRun = new Map<string, number>();
  const runWhere = async (name: string, wanted: (server: Server) => Promise<boolean>) => {
    if (bree.workers.has(name) || Date.now() - (lastRun.get(name) ?? 0) < restMs) return;
    if (!(await wanted(server)) || stopped) return;
    lastRun.set(name, Date.now());
    await bree.run(name);
  };
  const tick = async () => {
    await runWhere('make-invoices', (each) => isAsked(each, 'make-invoices'));
    // After the run, not beside it: two cores are busy with either, and a thread is 50 MB.
    if (!bree.workers.has('make-invoices')) await runWhere('draw-invoices', invoicesUndrawn);
    await runWhere('send-emails', emailsDue);
    if (config.verifactu) await runWhere('send-records', recordsDue);
    // It ends only when it crashed, or could not listen.
    if (config.mailIn) await runWhere('receive-mail', () => Promise.resolve(true));
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
      await Promise.all(threads.map((thread) => thread.terminate()));
    },
  };
}
