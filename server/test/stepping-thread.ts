import { parentPort } from 'node:worker_threads';
import type { Step } from '../steps.ts';
import { runInThread } from '../jobs/worker.ts';
import { openServer } from '../open-server.ts';

/**
 * Stops at the step that STOP_AT names: reports it, then blocks until the process or thread is killed, as
 * after a power cut.
 */
export function stopAt(step: Step): void {
  if (process.env['STOP_AT'] !== step) return;
  if (parentPort) parentPort.postMessage({ stoppedAt: step });
  else process.send?.({ stoppedAt: step });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

// The entry of a worker thread in fault tests. It replaces worker-thread.ts.
if (parentPort) {
  await runInThread((config, url, connections) => ({
    ...openServer(config, url, connections),
    atStep: stopAt,
  }));
}
