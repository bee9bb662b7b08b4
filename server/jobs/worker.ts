import { parentPort, workerData } from 'node:worker_threads';
import { readConfig } from '../config.ts';
import { openServer, type Server } from '../context.ts';

/** What the scheduler hands to a worker thread. */
export type WorkerData = { databaseUrl: string; publicUrl: string };

/**
 * Runs one job in a worker thread: opens its own connections, stops when asked ("cancel" is answered by "cancelled"),
 * and says "done" at its end. A job that throws ends the thread with an error, which the scheduler logs.
 */
export async function runJob(job: (server: Server, stopping: AbortSignal) => Promise<void>): Promise<void> {
  const { databaseUrl, publicUrl } = workerData as WorkerData; // set by the scheduler
  const stop = new AbortController();
  parentPort?.on('message', (message) => {
    if (message === 'cancel') stop.abort();
  });
  parentPort?.unref(); // listening alone does not keep the thread alive
  const server = openServer({ ...readConfig(process.env), publicUrl }, databaseUrl, 2);
  try {
    await job(server, stop.signal);
  } finally {
    await server.db.close();
  }
  parentPort?.postMessage(stop.signal.aborted ? 'cancelled' : 'done');
}
