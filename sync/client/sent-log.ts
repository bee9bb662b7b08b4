import type { RxCollection } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';

/** A write that the server accepted. */
export type SentWrite = {
  collection: string;
  /** The server's history in which it was accepted. */
  generation: string | undefined;
  /** The seq that the server gave it. */
  seq: number;
  /** The writer may not read the document any more, for example after a handover. */
  leftSight: boolean;
  mine: Fields;
  /** The server's document before the write; null if the document was new. */
  base: Fields | null;
};

/** The writes of this device that the server accepted lately. It may lose them if it is restored from a backup. */
export type SentLog = {
  add: (writes: readonly SentWrite[]) => Promise<void>;
  /** All writes, the oldest first. */
  all: () => Promise<SentWrite[]>;
  /** The history of the oldest write of a collection: newer ones may be of a history that came after it. */
  generationOf: (collection: string) => Promise<string | undefined>;
  /**
   * Changes or removes writes.
   *
   * @param change returns the write as it stays, or null to remove it
   * @param keep gets the removed writes before they are removed, the oldest first
   */
  update: (
    change: (write: SentWrite) => SentWrite | null,
    keep?: (removed: SentWrite[]) => Promise<void>,
  ) => Promise<void>;
  replaceWith: (writes: readonly SentWrite[]) => Promise<void>;
};

/** Requests that are remembered, each with up to 50 writes. An agent's work of days; the oldest is overwritten. */
const slots = 500;
const perSlot = 50;
const slotName = (n: number) => `sent:${n}`;
const ringName = 'sent:ring';
/** `next`: the slot of the next request. `used`: how many slots hold one. */
type Ring = { next: number; used: number };

/** Keeps the log as local documents, a ring of slots with one request each. */
export function createSentLog(store: RxCollection): SentLog {
  let last = Promise.resolve();
  /** Runs one after another, because two writers of a slot would overwrite each other. */
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const done = last.then(work);
    last = done.then(
      () => undefined,
      () => undefined,
    );
    return done;
  };
  const get = async (name: string, field: string): Promise<unknown> =>
    (await store.getLocal<Record<string, unknown>>(name))?.get(field);
  const ringNow = async () => ((await get(ringName, 'ring')) ?? { next: 0, used: 0 }) as Ring; // written by append
  const read = async (n: number) => ((await get(slotName(n), 'writes')) ?? []) as SentWrite[]; // written by append
  const append = async (writes: readonly SentWrite[]) => {
    const { next, used } = await ringNow();
    await store.upsertLocal(slotName(next), { writes: [...writes] });
    const ring = { next: (next + 1) % slots, used: Math.min(used + 1, slots) };
    await store.upsertLocal(ringName, { ring });
  };
  /** The slots that are used, the oldest first. */
  const usedSlots = async (): Promise<number[]> => {
    const { next, used } = await ringNow();
    return Array.from({ length: used }, (_, i) => (next - used + i + slots) % slots);
  };
  const all = () =>
    inTurn(async () => {
      const writes: SentWrite[] = [];
      for (const n of await usedSlots()) writes.push(...(await read(n)));
      return writes;
    });

  return {
    add: (writes) => inTurn(async () => void (writes.length > 0 && (await append(writes)))),
    all,
    generationOf: async (collection) =>
      (await all()).find((write) => write.collection === collection)?.generation,
    update: (change, keep) =>
      inTurn(async () => {
        for (const n of await usedSlots()) {
          const writes = await read(n);
          const changed = writes.map(change);
          if (changed.every((each, i) => each === writes[i])) continue;
          const removed = writes.filter((_, i) => changed[i] === null);
          if (removed.length > 0) await keep?.(removed);
          await store.upsertLocal(slotName(n), { writes: changed.filter((each) => each !== null) });
        }
      }),
    replaceWith: (writes) =>
      inTurn(async () => {
        await store.upsertLocal(ringName, { ring: { next: 0, used: 0 } });
        for (let i = 0; i < writes.length; i += perSlot) await append(writes.slice(i, i + perSlot));
      }),
  };
}
