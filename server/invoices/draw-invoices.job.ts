import { drawInvoices } from './pdf/draw-invoices.ts';
import { runJob } from '../jobs/worker.ts';

/** Draws the PDFs of newly issued invoices, in a worker thread. */
await runJob(async (server) => {
  const drawn = await drawInvoices(server);
  if (drawn > 0) server.log.info({ drawn }, 'invoices drawn');
});
