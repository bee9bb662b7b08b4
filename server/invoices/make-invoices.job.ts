import { makeInvoices } from './make-invoices.ts';
import { remindDue } from './reminders.ts';
import { applyScheduled } from '../orders/apply-scheduled.ts';
import { waitForLease } from '../jobs/lease.ts';
import { keepRun } from '../jobs/runs.ts';
import type { RunJob } from '../jobs/worker.ts';

/** The hourly look, in a worker thread: does what orders were to do by today, reminds, and bills what is due today. */
export const run: RunJob = async (server, stopping) => {
  const lease = await waitForLease(server, 'make-invoices', stopping);
  // Another app server is at it: there is nothing to do twice.
  if (!lease) return;
  try {
    await keepRun(server, 'make-invoices', async (progress) => {
      const { ended, moved, changed, failed: undone } = await applyScheduled(server);
      // Before the run: nothing is reminded of, or suspended, by the run that issued it.
      const { reminded, suspended, failed: unreminded } = await remindDue(server);
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
        failed: failed.length + unreminded + undone,
      };
      if (Object.values(done).some((count) => count > 0)) server.log.info(done, 'billing run');
      return done;
    });
  } finally {
    await lease.release();
  }
};
