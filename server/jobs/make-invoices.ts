import { makeInvoices } from '../invoicing/make-invoices.ts';
import { runJob } from './worker.ts';

/** The hourly look: bills what is due today, in a worker thread. */
await runJob(async (server) => {
  const report = await makeInvoices(server);
  const made = report.invoices.length;
  if (made + report.failed.length + report.held.length > 0)
    server.log.info({ ...report, invoices: made }, 'billing run');
});
