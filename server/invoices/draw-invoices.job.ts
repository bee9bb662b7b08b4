import { drawInvoices } from './pdf/draw-invoices.ts';
import type { RunJob } from '../jobs/worker.ts';

/** Draws the PDFs of newly issued invoices, in a worker thread. */
export const run: RunJob = async (server) => {
  const drawn = await drawInvoices(server);
  if (drawn > 0) server.log.info({ drawn }, 'invoices drawn');
};
