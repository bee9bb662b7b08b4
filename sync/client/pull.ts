import type { RxCollection } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';
import type { FirstCursor, FirstPage, Poke, Pulled } from '../protocol.ts';
import type { Mutex } from './mutex.ts';
import type { PushRules } from './push.ts';
import type { KeptRefusal } from './refusals.ts';
import { Restored, type Requests } from './requests.ts';
import type { SentLog } from './sent-log.ts';
import { putNewRows, putRows, resolveLive, resolvePulled } from './server-documents.ts';

export type Progress = { done: number; total: number };

/** The progress of the pulls of one collection. It is stored in the replica, beside the documents. */
type PullState = {
  /** Version of the collection's schema. */
  version: number;
  /** The checkpoint: the changes after this seq are still to be pulled. */
  seq: number;
  /** The server's history that the checkpoint belongs to. Missing in states of older versions. */
  generation?: string;
  /** The server was restored, and the comparison with it has not ended. Changes with a higher seq may be gone there. */
  restoredFrom?: number;
  /** Where the first pull continues; null if it has ended. */
  first: FirstCursor | 'beginning' | null;
  /** Progress of the first pull. */
  progress: Progress;
};

/** Enough for a list on the screen. A larger first page would delay the page that the person is looking at. */
const firstPageRows = 60;
const pageRows = 500;
const saveDelayMs = 250;

export type Puller = {
  /** Pulls all changes; on a new device all documents, foremost first, then newest. @throws if a request failed */
  pull: () => Promise<void>;
  /** Makes the next pull start at this seq, if that is earlier. Call it only inside the mutex. */
  rewindTo: (seq: number) => void;
  /** Resolves when there is a checkpoint: a stored one, or that of the first page. */
  checkpointKnown: Promise<void>;
  /** The checkpoint, as in PullState; null before the first page of the first pull. */
  checkpoint: () => number | null;
  /** The history of the checkpoint, if it is known. */
  generation: () => string | undefined;
  /**
   * Stores what an event of the live stream says about this collection.
   *
   * @param since the checkpoint of this collection with which the stream was opened
   * @returns false if the collection must pull instead, because it lacks something before the event, or the event has no
   *   documents
   */
  receive: (poke: Poke, since: number | undefined) => Promise<boolean>;
  /** Notes a change on the server. During a first pull, it is pulled before the next page. */
  markChanged: () => void;
};

type PullerOptions = {
  name: string;
  /** Version of the collection's schema. */
  version: number;
  collection: RxCollection<Fields>;
  /** The pull state is a local document of this collection. */
  refusals: RxCollection<KeptRefusal>;
  sent: SentLog;
  /** True for the collections of this replica. */
  has: (collection: string) => boolean;
  groupOf: (document: Fields) => string;
  erases: PushRules['erases'];
  now: () => number;
  requests: Requests;
  /** Shared with the pushes of the collection. */
  mutex: Mutex;
  progress: (progress: Progress) => void;
  /** Called if the pull state could not be saved. */
  saveFailed: (error: unknown) => void;
};

export function createPuller({
  name,
  version,
  collection,
  refusals: stateStore,
  sent,
  has,
  groupOf,
  erases,
  now,
  requests,
  mutex,
  progress,
  saveFailed,
}: PullerOptions): Puller {
  const key = `place:${name}`;
  let state: PullState | null = null;
  let poked = false;
  const checkpointKnown = Promise.withResolvers<void>();

  const load = async (): Promise<PullState | null> => {
    const stored: unknown = (await stateStore.getLocal<{ place: PullState }>(key))?.get('place');
    const known = stored as PullState | undefined; // written by save
    if (known?.version === version) return known;
    // After an update of the app everything is pulled again, for new fields and for documents removed meanwhile.
    const isNew = !known && (await collection.findOne().exec()) === null;
    return isNew ? null : { version, seq: 0, first: null, progress: { done: 0, total: 0 } };
  };
  /** Documents that were removed during the first pull, with their seq. A page requested earlier may still contain them. */
  const removed = new Map<string, number>();
  const isRemoved = ({ id, seq }: Pulled) => (removed.get(id) ?? -1) > Number(seq);
  let saveTimer: ReturnType<typeof setTimeout> | undefined;
  /**
   * Saves the state after a delay, so that several pages in quick succession need only one write. It is saved after its
   * rows, except for the first page (see storePage). If the latest state is lost, only some rows are pulled again.
   */
  const save = (next: PullState) => {
    state = next;
    saveTimer ??= setTimeout(() => {
      saveTimer = undefined;
      void stateStore.upsertLocal(key, { place: state }).catch(saveFailed);
    }, saveDelayMs);
  };

  /** Moves the checkpoint. It is saved only if something was stored: otherwise a restart asks once more, and gets nothing. */
  const reach = (seq: number, generation: string, hasStored: boolean) => {
    if (!state) return;
    const next = { ...state, seq, generation };
    if (hasStored || generation !== state.generation) save(next);
    else state = next;
  };

  const erase = async (rows: readonly Pulled[]) => {
    const rules = rows.flatMap((row) => erases?.(name, row) ?? []);
    if (rules.length > 0)
      await sent.update((write) => (rules.some((isErased) => isErased(write)) ? null : write));
  };

  /** Pulls everything that changed after the checkpoint, oldest change first. */
  const pullChanges = async () => {
    for (;;) {
      const isMore = await mutex(async () => {
        if (!state) return false;
        const { documents, checkpoint, more } = await requests.pull(name, placeOf(state), pageRows);
        if (state.first)
          for (const row of documents) if (row._deleted) removed.set(row.id, Number(row['seq']));
        await putRows(collection, documents, resolvePulled);
        await erase(documents);
        const { seq, generation } = checkpoint;
        reach(Math.max(seq, state.seq), generation, documents.length > 0);
        return more;
      });
      if (!isMore) return;
    }
  };

  const storePage = async (page: FirstPage) => {
    if (!state) {
      // Saved before any row: once rows are stored, the checkpoint for their later changes must be known.
      const progress = { done: 0, total: page.total ?? 0 };
      const { head: seq, generation } = page;
      state = { version, seq, generation, first: 'beginning', progress };
      await stateStore.upsertLocal(key, { place: state });
    }
    await putNewRows(
      collection,
      page.documents.filter((row) => !isRemoved(row)),
    );
    await erase(page.documents);
    const done = state.progress.done + page.documents.length;
    const reached = { done, total: Math.max(state.progress.total, done) };
    progress(reached);
    save({ ...state, first: page.next, progress: reached });
    checkpointKnown.resolve();
  };

  const at = (cursor: FirstCursor | null) => ({ cursor, generation: state?.generation ?? known });
  /** The history of what this device had sent before its replica was rebuilt. */
  let known: string | undefined;

  /** Compares the collection with a server that was restored. Interrupted, it runs again from the start. */
  const compare = (from: number) =>
    mutex(async () => {
      state = {
        ...(state ?? { version, seq: 0, first: null, progress: { done: 0, total: 0 } }),
        restoredFrom: from,
      };
      await stateStore.upsertLocal(key, { place: state });
      const options = {
        name,
        collection,
        requests,
        refusals: stateStore,
        sent,
        has,
        groupOf,
        erase,
        now,
        pageRows,
      };
      // Loaded when it is needed, which is hardly ever.
      const { compareWithServer } = await import('./restored.ts');
      const { seq, generation, total } = await compareWithServer(options, {
        from,
        known: state.generation ?? known,
      });
      removed.clear();
      save({ version, seq, generation, first: null, progress: { done: total, total } });
      checkpointKnown.resolve();
    });

  const firstPull = async (cursor: FirstCursor | null) => {
    let page: FirstPage | null = await mutex(() => requests.first(name, at(cursor), firstPageRows));
    while (page) {
      const current: FirstPage = page;
      // The next page is requested while this one is stored.
      page = await mutex(async () => {
        const next = current.next ? requests.first(name, at(current.next), pageRows) : null;
        next?.catch(() => undefined); // avoids an unhandled rejection if storing this page fails first
        await storePage(current);
        return next;
      });
      if (poked) {
        poked = false;
        await pullChanges();
      }
    }
  };

  const pull = async () => {
    if (state?.restoredFrom !== undefined) await compare(state.restoredFrom);
    if (state?.first) progress(state.progress);
    const isNew = state === null;
    const first = state?.first ?? 'beginning';
    if (isNew || state?.first) await firstPull(first === 'beginning' ? null : first);
    // A new device has just pulled everything, so it pulls changes only after a poke.
    if (!isNew || poked) await pullChanges();
    poked = false;
  };

  return {
    async pull() {
      state ??= await load();
      if (!state) known = await sent.generationOf(name);
      if (state) checkpointKnown.resolve();
      try {
        await pull();
      } catch (error) {
        if (!(error instanceof Restored)) throw error;
        await compare(error.from);
        await pull();
      }
    },
    receive: ({ collections, changes, from, to, generation }, since) =>
      mutex(async () => {
        const isNamed = collections.includes(name);
        const isPulling = !state || state.first !== null || state.restoredFrom !== undefined;
        if (!state || isPulling || generation !== state.generation) return !isNamed;
        const begins = from ?? since ?? Infinity;
        // Something before this event has not arrived, or is being pulled.
        if (state.seq < begins) return false;
        const rows = changes[name];
        if (isNamed && !rows) return false;
        if (state.seq >= to) return true; // a pull was faster
        if (rows) await putRows(collection, rows, resolveLive);
        if (rows) await erase(rows);
        reach(to, generation, rows !== undefined);
        return true;
      }),
    generation: () => state?.generation,
    checkpointKnown: checkpointKnown.promise,
    checkpoint: () => state?.seq ?? null,
    rewindTo(seq) {
      if (state && seq < state.seq) save({ ...state, seq });
    },
    markChanged() {
      poked = true;
    },
  };
}

const placeOf = ({ seq, generation }: PullState) => ({ since: seq, generation });
