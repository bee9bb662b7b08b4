import { runInThread } from './jobs/worker.ts';
import { openServer } from './open-server.ts';

// The entry of every worker thread: it runs the job that the scheduler names.
await runInThread(openServer);
