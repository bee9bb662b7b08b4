import { backoff } from '#shared/engine/backoff.ts';
import { faultIn, type Fault } from './faults.ts';

/** The wait before failed requests are retried. All requests share it, and it grows with each failure. */
export type Backoff = {
  /** Resolves when it is time to retry. */
  wait: () => Promise<void>;
  succeeded: () => void;
  /** Stops retries until `wake` is called, because the person is signed out. */
  halt: () => void;
  /** Retries at once, because there is a network or a session again. */
  wake: () => void;
};

const longestWaitMs = 30_000;

/** Creates a backoff. @param firstMs milliseconds of the first wait; each further wait is doubled, up to 30 seconds */
export function createBackoff(firstMs: number): Backoff {
  const longest = Math.max(firstMs, longestWaitMs);
  let attempt = 0;
  let halted = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const waiting: (() => void)[] = [];

  const release = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const resolve of waiting.splice(0)) resolve();
  };
  return {
    wait() {
      if (!timer && !halted) {
        timer = setTimeout(release, backoff({ attempt, first: firstMs, longest }));
        attempt += 1;
      }
      return new Promise((resolve) => waiting.push(resolve));
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
  /** Requests a run of the work. If it is running, it runs once more afterwards. After a fault nothing runs. */
  request: () => void;
  /** Why the loop has stopped; null if it has not. */
  fault: () => Fault | null;
  /** Reports an error that belongs to the work but happened outside of it. */
  fail: (error: unknown) => void;
  /** Retries work that stopped because its request was refused, because the request may pass now. */
  retryRefused: () => void;
  /** Resolves when nothing is requested or running. */
  idle: () => Promise<void>;
  /** Ends the loop. Resolves when the running work has ended. */
  stop: () => Promise<void>;
};

/**
 * Runs work on request, one run at a time. After an error that a retry can fix, the work runs again after a wait. After
 * any other error the loop stops and calls `faultChanged`.
 */
export function createLoop(
  work: () => Promise<void>,
  backoff: Backoff,
  faultChanged: () => void = () => undefined,
): Loop {
  let requested = false;
  let stopped = false;
  let fault: Fault | null = null;
  let running: Promise<void> | null = null;

  const fail = (error: unknown) => {
    // Errors while the replica is being closed are meaningless.
    const found = stopped ? null : faultIn(error);
    if (!found || fault) return;
    fault = found;
    faultChanged();
  };
  const run = async () => {
    while (requested && !stopped && !fault) {
      requested = false;
      try {
        await work();
        backoff.succeeded();
      } catch (error) {
        requested = true;
        fail(error);
        if (!stopped && !fault) await backoff.wait();
      }
    }
  };
  const start = () => {
    if (running || stopped || fault || !requested) return;
    running = run().finally(() => {
      running = null;
      start();
    });
  };
  return {
    request() {
      requested = true;
      start();
    },
    fault: () => fault,
    fail,
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
