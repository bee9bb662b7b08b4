import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '#shared/engine/backoff.ts';
import type { Embedded } from './embedded.ts';
import { isAlive } from './process-state.ts';

const lookMs = 500;
const firstWaitMs = 500;
const longestWaitMs = 15_000;

/**
 * Starts the private MariaDB again when it has ended without being asked to: killed by the system for want of memory, or
 * stopped by a full disk. It recovers from its log, so nothing that was committed is lost. If it cannot start, it is tried
 * until it can, for example until there is space again; until then requests fail and devices keep their writes.
 */
export function keepRunning(
  first: Embedded,
  { launch, report }: { launch: () => Promise<Embedded>; report: (message: string) => void },
): { current: () => Embedded; end: () => Promise<void> } {
  let current = first;
  const ending = new AbortController();

  const watch = async () => {
    for (let attempt = 0; !ending.signal.aborted;) {
      await sleep(lookMs, undefined, { signal: ending.signal, ref: false });
      if (isAlive(current.pid)) {
        attempt = 0;
        continue;
      }
      report(`the database ended (process ${current.pid}); it is started again`);
      try {
        current = await launch();
        report(`the database runs again (process ${current.pid})`);
      } catch (error) {
        report(
          `the database could not be started: ${error instanceof Error ? error.message : String(error)}`,
        );
        const ms = backoff({ attempt, first: firstWaitMs, longest: longestWaitMs });
        attempt += 1;
        await sleep(ms, undefined, { signal: ending.signal, ref: false });
      }
    }
  };
  const watching = watch().catch(() => undefined); // aborted

  return {
    current: () => current,
    async end() {
      ending.abort();
      await watching;
    },
  };
}
