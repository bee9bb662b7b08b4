import { parentPort, workerData } from 'node:worker_threads';
import { readConfig, type Config } from '../config.ts';
import type { Server } from '../context.ts';

/** What the scheduler passes to a worker thread. `job`: the file of the job, which exports `run`. */
export type WorkerData = { databaseUrl: string; publicUrl: string; job: string };

/** The work of a job. It returns early when `stopping` is aborted. */
export type RunJob = (server: Server, stopping: AbortSignal) => Promise<void>;

/**
 * Heap limits in MB for small jobs. Measured with 4,000 invoices: with 128 the whole server takes 350 MB, with 72 it
 * takes 294 to 312 MB and no more CPU, with 48 it takes 288 to 314 MB and twice the CPU.
 */
export const smallHeap = { maxOldGenerationSizeMb: 72, maxYoungGenerationSizeMb: 6 };

/** Two connections: one for the work, one for queries at the same time. */
const connections = 2;

/**
 * Runs one job in this worker thread, with its own connections. The message 'cancel' stops it and is answered by
 * 'cancelled'; otherwise the thread sends 'done' at its end. If the job throws, the scheduler logs the error.
 */
export async function runInThread(
  open: (config: Config, url: string, connections: number) => Server,
): Promise<void> {
  const { databaseUrl, publicUrl, job } = workerData as WorkerData; // set by the scheduler
  const stop = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === 'cancel') stop.abort();
  });
  parentPort?.unref(); // listening alone does not keep the thread alive
  const { run } = (await import(job)) as { run: RunJob }; // every file of the job list exports it
  const server = open({ ...readConfig(), publicUrl }, databaseUrl, connections);
  try {
    await run(server, stop.signal);
  } finally {
    await server.db.close();
  }
  parentPort?.postMessage(stop.signal.aborted ? 'cancelled' : 'done');
}
