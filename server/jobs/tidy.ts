import { tidy } from '../accounts/tidy.ts';
import { runJob } from './worker.ts';

/** The hourly look for what is over. */
await runJob(async (server) => {
  const { accounts } = await tidy(server);
  if (accounts > 0) server.log.info({ accounts }, 'accounts that were never verified are gone');
});
