import { parentPort } from 'node:worker_threads';
import type { Step } from '../steps.ts';
import { runInThread } from '../jobs/worker.ts';
import { openServer } from '../open-server.ts';

/** Stands still at the step that STOP_AT names, after saying so, until somebody ends it: as a power cut would. */
export function stopAt(step: Step): void {
  if (process.env['STOP_AT'] !== step) return;
  if (parentPort) parentPort.postMessage({ stoppedAt: step });
  else process.send?.({ stoppedAt: step });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}

// The entry of a worker thread in fault tests, in the place of worker-thread.ts.
if (parentPort) {
  await runInThread((config, url, connections) => ({
    ...openServer(config, url, connections),
    atStep: stopAt,
  }));
}
