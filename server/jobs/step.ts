import { parentPort } from 'node:worker_threads';

/**
 * Named moments of the jobs at which the fault tests end a worker thread, or a process, as a power cut would. A worker that is told
 * to stop at one (by its environment) says so and stands still there until it is ended; otherwise nothing happens.
 */
export const steps = [
  'billing: invoice written, not committed',
  'billing: committed',
  'drawing: file written, not committed',
  'drawing: committed',
  'emails: claimed',
  'emails: accepted by the mail server, not marked',
  'emails: marked',
] as const;
export type Step = (typeof steps)[number];

export function atStep(step: Step): void {
  if (process.env['CSTIMS_STAND_AT'] !== step) return;
  if (parentPort) parentPort.postMessage({ standsAt: step });
  else process.send?.({ standsAt: step });
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
}
