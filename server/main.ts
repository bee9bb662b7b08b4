import { readConfig } from './config.ts';
import { start } from './start.ts';

// Asked to stop while still starting: the start ends first, then everything is stopped in order.
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
  const config = readConfig(process.env);
  stop = await start(config);
  if (askedToStop) await stop();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
