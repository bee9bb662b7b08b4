import { listenForMail } from './listen.ts';
import type { RunJob } from '../../jobs/worker.ts';

/** Listens for e-mails until the job is asked to stop. */
export const run: RunJob = async (server, stopping) => {
  const { mailIn } = server.config;
  if (!mailIn) return;
  const listener = await listenForMail(server, mailIn);
  const { parentPort } = await import('node:worker_threads');
  parentPort?.ref(); // keeps the thread alive while it listens
  await new Promise<void>((resolve) => stopping.addEventListener('abort', () => resolve(), { once: true }));
  await listener.close();
};
