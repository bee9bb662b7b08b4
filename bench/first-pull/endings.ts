/** What a run has started and must end: added when it starts, ended in the opposite order. */
export type Endings = { add: (end: () => Promise<unknown> | void) => void };

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
  const asked = (signal: NodeJS.Signals) => {
    void endAll().then(() => process.exit(signal === 'SIGINT' ? 130 : 143));
  };
  process.once('SIGINT', asked).once('SIGTERM', asked);
  try {
    return await work({ add: (end) => void ends.push(end) });
  } finally {
    await endAll();
    process.off('SIGINT', asked).off('SIGTERM', asked);
  }
}
