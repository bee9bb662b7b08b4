/** How long failed requests wait before they are tried again: all of them together, longer each time. */
export type Backoff = {
  /** Resolves when it is time to try again. */
  wait: () => Promise<void>;
  succeeded: () => void;
  /** Nothing is tried until somebody says `wake`: signed out. */
  halt: () => void;
  /** Tries at once: there is a network again, or a session. */
  wake: () => void;
};

const longestWaitMs = 30_000;

/** @param firstMs milliseconds of the first wait; each further one doubles, up to half a minute */
export function createBackoff(firstMs: number): Backoff {
  let waitMs = firstMs;
  let halted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting: (() => void)[] = [];

  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const go of waiting.splice(0)) go();
  };
  return {
    wait() {
      if (!timer && !halted) {
        timer = setTimeout(release, waitMs);
        waitMs = Math.min(waitMs * 2, Math.max(firstMs, longestWaitMs));
      }
      return new Promise((go) => waiting.push(go));
    },
    succeeded() {
      waitMs = firstMs;
    },
    halt() {
      halted = true;
      clearTimeout(timer);
      timer = undefined;
    },
    wake() {
      halted = false;
      waitMs = firstMs;
      release();
    },
  };
}

export type Loop = {
  /** Wants the work done (once more, where it runs right now). */
  ask: () => void;
  /** Resolves when nothing is wanted or running. */
  idle: () => Promise<void>;
  /** Ends it; resolves when what runs has ended. */
  stop: () => Promise<void>;
};

/** Work that is done when asked for, never twice at a time; where it throws it is done again after a wait. */
export function createLoop(work: () => Promise<void>, backoff: Backoff): Loop {
  let wanted = false;
  let stopped = false;
  let running: Promise<void> | null = null;

  const run = async () => {
    while (wanted && !stopped) {
      wanted = false;
      try {
        await work();
        backoff.succeeded();
      } catch {
        // The request that failed has reported it.
        wanted = true;
        if (!stopped) await backoff.wait();
      }
    }
  };
  const start = () => {
    if (running || stopped || !wanted) return;
    running = run().finally(() => {
      running = null;
      start();
    });
  };
  return {
    ask() {
      wanted = true;
      start();
    },
    async idle() {
      while (running && !stopped) await running;
    },
    async stop() {
      stopped = true;
      backoff.wake();
      await running;
    },
  };
}
