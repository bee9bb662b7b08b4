import { readConfig } from './config.ts';
import { describeError } from './limits/log-line.ts';
import { start } from './start.ts';

/**
 * Runs a server in this process until it is asked to stop.
 *
 * @param thread the file that runs jobs in worker threads; default: the product's own
 */
export async function serve(thread?: string): Promise<void> {
  // An error that nothing has caught ends the process for its supervisor. It is printed without the values in it: a
  // database error holds the bytes and texts of its statement.
  process.on('uncaughtException', (error: unknown) => {
    console.error('the server ends:', JSON.stringify(describeError(error)));
    process.exit(1);
  });
  // If asked to stop during the start, finish the start first, then stop everything in order.
  let askedToStop = false;
  let stop: (() => Promise<void>) | null = null;
  for (const signal of ['SIGTERM', 'SIGINT'] as const) {
    process.on(signal, () => {
      if (askedToStop) return;
      askedToStop = true;
      void stop?.();
    });
  }
  try {
    stop = await start(readConfig(), thread);
    if (askedToStop) await stop();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
