import { backoff } from '#shared/engine/backoff.ts';
import { faultIn, type Fault } from './faults.ts';

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
  const longest = Math.max(firstMs, longestWaitMs);
  let attempt = 0;
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
        timer = setTimeout(release, backoff({ attempt, first: firstMs, longest }));
        attempt += 1;
      }
      return new Promise((go) => waiting.push(go));
    },
    succeeded() {
      attempt = 0;
    },
    halt() {
      halted = true;
      clearTimeout(timer);
      timer = undefined;
    },
    wake() {
      halted = false;
      attempt = 0;
      release();
    },
  };
}

export type Loop = {
  /** Wants the work done (once more, where it runs right now). After a fault nothing is done. */
  ask: () => void;
  /** Why it has stopped; null: it has not. */
  fault: () => Fault | null;
  /** Something that belongs to the work failed outside of it. */
  failed: (error: unknown) => void;
  /** What was refused on the way is tried once more: the way may be free. */
  retryRefused: () => void;
  /** Resolves when nothing is wanted or running. */
  idle: () => Promise<void>;
  /** Ends it; resolves when what runs has ended. */
  stop: () => Promise<void>;
};

/**
 * Work that is done when asked for, never twice at a time. Where it throws what may pass it is done again after a wait;
 * at anything else it stops, and `faultChanged` is called.
 */
export function createLoop(
  work: () => Promise<void>,
  backoff: Backoff,
  faultChanged: () => void = () => undefined,
): Loop {
  let wanted = false;
  let stopped = false;
  let fault: Fault | null = null;
  let running: Promise<void> | null = null;

  const failed = (error: unknown) => {
    // What fails while the replica is being closed tells nothing.
    const found = stopped ? null : faultIn(error);
    if (!found || fault) return;
    fault = found;
    faultChanged();
  };
  const run = async () => {
    while (wanted && !stopped && !fault) {
      wanted = false;
      try {
        await work();
        backoff.succeeded();
      } catch (error) {
        wanted = true;
        failed(error);
        if (!stopped && !fault) await backoff.wait();
      }
    }
  };
  const start = () => {
    if (running || stopped || fault || !wanted) return;
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
    fault: () => fault,
    failed,
    retryRefused() {
      if (fault?.kind !== 'refused') return;
      fault = null;
      faultChanged();
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
