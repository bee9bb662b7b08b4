import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import { jobFiles, type JobName } from '../job-list.ts';
import type { Step } from '../steps.ts';

const thread = fileURLToPath(new URL('./stepping-thread.ts', import.meta.url));

type Options = {
  databaseUrl: string;
  publicUrl?: string;
  env: Record<string, string>;
  /** The step at which the job stops, as after a power cut; '' for none. */
  stopAt: Step | '';
  /** Resolves when a job that waits for more work has finished the existing work. */
  whenDone?: () => Promise<void>;
};

/** Starts a worker thread that runs a job as the scheduler does. */
export function startJobThread(
  job: JobName,
  { databaseUrl, publicUrl = 'http://127.0.0.1', env, stopAt }: Options,
): Worker {
  return new Worker(thread, {
    env: { ...process.env, ...env, STOP_AT: stopAt, LOG_LEVEL: 'silent' },
    workerData: { databaseUrl, publicUrl, job: jobFiles[job] },
    execArgv: [],
  });
}

/** Runs a job. If it stops at its step, it is killed there, as by kill -9. */
export function runJobThread(job: JobName, options: Options): Promise<'ended there' | 'done'> {
  const worker = startJobThread(job, options);
  let stopped = false;
  return new Promise((done, failed) => {
    worker.on('error', failed);
    worker.on('message', (message: unknown) => {
      if (typeof message !== 'object' || message === null || !('stoppedAt' in message)) return;
      stopped = true;
      void worker.terminate();
    });
    worker.on('exit', (code) => {
      if (stopped) done('ended there');
      else if (code === 0) done('done');
      else failed(new Error(`${job} ended with ${code}`));
    });
    // This job waits for further e-mails, so it must be told to end.
    if (job === 'send-emails' && options.stopAt === '') {
      void options.whenDone?.().then(() => worker.postMessage('cancel'), failed);
    }
  });
}
