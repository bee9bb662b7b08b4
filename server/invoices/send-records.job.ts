import { sendRecords } from './verifactu/send-records.ts';
import { takeLease } from '../jobs/lease.ts';
import type { RunJob } from '../jobs/worker.ts';

/** Sends waiting records to the tax office, in a worker thread. Only one app server sends at a time, to keep the order. */
export const run: RunJob = async (server) => {
  const lease = await takeLease(server, 'send-records');
  if (!lease) return;
  try {
    const sent = await sendRecords(server, lease);
    if (Object.values(sent).some((n) => n > 0)) server.log.info(sent, 'records sent to the tax office');
  } finally {
    await lease.release();
  }
};
