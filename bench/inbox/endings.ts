/** The cleanup steps of a run. Each is added when something starts; they run in reverse order. */
export type Cleanup = { add: (end: () => Promise<unknown> | void) => void };

/** The folder of a run and its cleanup. */
export type BenchPlace = { folder: string; cleanup: Cleanup };

/**
 * Does the work and then cleans up everything it started, also if it failed or the run is asked to stop.
 * mariadbd runs in its own session and would otherwise outlive this process.
 */
export async function withCleanup<T>(work: (cleanup: Cleanup) => Promise<T>): Promise<T> {
  const steps: (() => Promise<unknown> | void)[] = [];
  const runAll = async () => {
    for (const end of steps.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        console.error('not ended:', error); // the other steps must still run
      }
    }
  };
  // Work that is stopped fails, and then waits for the cleanup that is already running.
  let running: Promise<void> | null = null;
  const runOnce = () => (running ??= runAll());
  const stop = (signal: NodeJS.Signals) => {
    void runOnce().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', stop).on('SIGTERM', stop);
  try {
    return await work({ add: (end) => void steps.push(end) });
  } finally {
    await runOnce();
    process.off('SIGINT', stop).off('SIGTERM', stop);
  }
}
