import { setTimeout as sleep } from 'node:timers/promises';
import { drawInvoices } from '../invoicing/draw-invoices.ts';
import { runJob } from './worker.ts';

/** A run issues one after the other: the worker, warm by now, looks again so often, a second apart. */
const looks = 5;

/** Draws the PDFs of newly issued invoices, in a worker thread. */
await runJob(async (server, stopping) => {
  let all = 0;
  for (let idle = 0; idle < looks && !stopping.aborted;) {
    const drawn = await drawInvoices(server);
    all += drawn;
    idle = drawn > 0 ? 0 : idle + 1;
    if (idle < looks) await sleep(1_000, undefined, { signal: stopping }).catch(() => undefined);
  }
  if (all > 0) server.log.info({ drawn: all }, 'invoices drawn');
});
