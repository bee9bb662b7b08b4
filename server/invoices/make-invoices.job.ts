import { makeInvoices } from './make-invoices.ts';
import { remindDue } from './reminders.ts';
import { applyScheduled } from '../orders/apply-scheduled.ts';
import { waitForLease } from '../jobs/lease.ts';
import { keepRun } from '../jobs/runs.ts';
import type { RunJob } from '../jobs/worker.ts';

/** Billing job, in a worker thread: applies scheduled order changes, sends reminders, and bills what is due today. */
export const run: RunJob = async (server, stopping) => {
  const lease = await waitForLease(server, 'make-invoices', stopping);
  // Another app server is running the job.
  if (!lease) return;
  try {
    await keepRun(server, 'make-invoices', async (progress) => {
      const { ended, moved, changed, failed: failedChanges } = await applyScheduled(server);
      // Reminders come before billing, so that no invoice is reminded of by the run that issues it.
      const { reminded, suspended, failed: failedReminders } = await remindDue(server);
      const report = await makeInvoices(server, undefined, { lease, progress });
      const { held, waiting, failed, invoices } = report;
      const done = {
        ended,
        moved,
        changed,
        reminded,
        suspended,
        invoices: invoices.length,
        held: held.length,
        waiting: waiting.length,
        failed: failed.length + failedReminders + failedChanges,
      };
      if (Object.values(done).some((count) => count > 0)) server.log.info(done, 'billing run');
      return done;
    });
  } finally {
    await lease.release();
  }
};
