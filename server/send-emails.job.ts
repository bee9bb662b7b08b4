import { setTimeout as sleep } from 'node:timers/promises';
import { deliverDue } from './email/deliver.ts';
import { openTransport } from './email/transport.ts';
import { renderEmail } from './render-email.ts';
import type { RunJob } from './jobs/worker.ts';

/** E-mails often come in groups: the worker waits this many seconds for another one. */
const lingerSeconds = 20;

/** Sends due e-mails, in a worker thread. */
export const run: RunJob = async (server, stopping) => {
  const transport = openTransport(server.config, server.now);
  try {
    for (let idle = 0; idle < lingerSeconds && !stopping.aborted;) {
      const tried = await deliverDue(server, { transport, render: renderEmail });
      idle = tried > 0 ? 0 : idle + 1;
      if (tried === 0) await sleep(1_000, undefined, { signal: stopping }).catch(() => undefined);
    }
  } finally {
    transport.close();
  }
};
