import { listenForMail } from './listen.ts';
import type { RunJob } from '../../jobs/worker.ts';

/** Listens for mail until it is asked to stop. */
export const run: RunJob = async (server, stopping) => {
  const { mailIn } = server.config;
  if (!mailIn) return;
  const listener = await listenForMail(server, mailIn);
  const { parentPort } = await import('node:worker_threads');
  parentPort?.ref(); // the thread lives as long as it listens
  await new Promise<void>((stop) => stopping.addEventListener('abort', () => stop(), { once: true }));
  await listener.close();
};
