import { makeInvoices } from '../invoicing/make-invoices.ts';
import { endOrders } from '../orders/end-orders.ts';
import { runJob } from './worker.ts';

/** The hourly look, in a worker thread: ends the orders whose last day has come and bills what is due today. */
await runJob(async (server) => {
  const ended = await endOrders(server);
  if (ended > 0) server.log.info({ ended }, 'orders ended');
  const report = await makeInvoices(server);
  const made = report.invoices.length;
  if (made + report.failed.length + report.held.length > 0)
    server.log.info({ ...report, invoices: made }, 'billing run');
});
