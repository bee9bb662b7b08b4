/** What a run has started and must end: added when it starts, ended in the opposite order. */
export type Endings = { add: (end: () => Promise<unknown> | void) => void };

/** Where a run keeps its files, and what it must end. */
export type Place = { folder: string; endings: Endings };

/**
 * Does the work, then ends everything it started: also when it failed, and when the run is asked to stop. mariadbd runs
 * in a session of its own and would outlive this process.
 */
export async function withEndings<T>(work: (endings: Endings) => Promise<T>): Promise<T> {
  const ends: (() => Promise<unknown> | void)[] = [];
  const endAll = async () => {
    for (const end of ends.splice(0).reverse()) {
      try {
        await end();
      } catch (error) {
        console.error('not ended:', error); // the others are still to be ended
      }
    }
  };
  // Work that is stopped fails; it then waits for the one ending that is under way.
  let ending: Promise<void> | null = null;
  const endOnce = () => (ending ??= endAll());
  const asked = (signal: NodeJS.Signals) => {
    void endOnce().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.on('SIGINT', asked).on('SIGTERM', asked);
  try {
    return await work({ add: (end) => void ends.push(end) });
  } finally {
    await endOnce();
    process.off('SIGINT', asked).off('SIGTERM', asked);
  }
}
