import { setTimeout as sleep } from 'node:timers/promises';
import { deliverDue } from './deliver.ts';
import { openTransport } from './transport.ts';
import { runJob } from '../jobs/worker.ts';

/** Letters often come in groups: the worker stays this many seconds after the last one. */
const lingerSeconds = 20;

await runJob(async (server, stopping) => {
  const transport = openTransport(server.config);
  try {
    for (let idle = 0; idle < lingerSeconds && !stopping.aborted;) {
      const tried = await deliverDue(server, transport);
      idle = tried > 0 ? 0 : idle + 1;
      if (tried === 0) await sleep(1_000, undefined, { signal: stopping }).catch(() => undefined);
    }
  } finally {
    transport.close();
  }
});
