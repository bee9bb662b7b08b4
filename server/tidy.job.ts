import { tidy } from './people/tidy.ts';
import { closeIdle } from './tickets/close-idle.ts';
import { tidyRuns } from './jobs/runs.ts';
import type { RunJob } from './jobs/worker.ts';

/** The hourly cleanup of accounts, runs and idle tickets. */
export const run: RunJob = async (server) => {
  const { accounts } = await tidy(server);
  if (accounts > 0) server.log.info({ accounts }, 'accounts that were never verified are gone');
  await tidyRuns(server);
  const idle = await closeIdle(server);
  if (idle.closed > 0) server.log.info(idle, 'tickets closed that waited for their clients');
};
