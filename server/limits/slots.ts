/** Lets a number of users work at once. The others wait in the order in which they came, and too many are refused. */
export type Slots = {
  /** Resolves with a function that frees the slot. Null: too many wait already. `abandoned`: it is not wanted any more. */
  take: (abandoned?: AbortSignal) => Promise<() => void> | null;
  /** Nobody works and nobody waits. */
  isIdle: () => boolean;
};

type Waiting = { start: () => void };

export function createSlots(count: number, mostWaiting: number): Slots {
  let used = 0;
  const waiting: Waiting[] = [];
  const free = () => {
    used -= 1;
    waiting.shift()?.start();
  };
  const begin = (): (() => void) => {
    used += 1;
    let isFreed = false;
    return () => {
      if (isFreed) return;
      isFreed = true;
      free();
    };
  };
  return {
    take(abandoned) {
      if (used < count) return Promise.resolve(begin());
      if (waiting.length >= mostWaiting) return null;
      return new Promise((resolve) => {
        const entry: Waiting = { start: () => resolve(begin()) };
        waiting.push(entry);
        abandoned?.addEventListener('abort', () => {
          const at = waiting.indexOf(entry);
          if (at >= 0) waiting.splice(at, 1);
        });
      });
    },
    isIdle: () => used === 0 && waiting.length === 0,
  };
}
