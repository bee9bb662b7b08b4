import type { RxCollection } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';
import type { FirstCursor, FirstPage, Pulled } from '../protocol.ts';
import type { Mutex } from './mutex.ts';
import { pulled, putNewRows, putRows } from './server-documents.ts';
import type { Requests } from './requests.ts';

export type Progress = { done: number; total: number };

/** Where the pulls of one collection have come to; kept in the replica, next to its documents. */
type Place = {
  /** Of the collection's schema. */
  version: number;
  /** Seq up to which changes are here. */
  seq: number;
  /** Where the first pull goes on, or from its beginning; null: it has ended. */
  first: FirstCursor | 'beginning' | null;
  /** Of the first pull. */
  progress: Progress;
};

/** The first page is what a list shows at once; larger ones would hold up the page that somebody looks at. */
const firstPageRows = 60;
const pageRows = 500;
const keepMs = 250;

export type Puller = {
  /** Pulls what is new; on a new device everything, the newest first. @throws where a request failed */
  pull: () => Promise<void>;
  /** What changed after this seq is to be pulled (again). Within the lane. */
  backTo: (seq: number) => void;
  /** It is known where the collection stands: from before, or by the first page. */
  begun: Promise<void>;
  /** The seq up to which changes are here; null while the first pull has not begun. */
  standsAt: () => number | null;
  /** A change came while pages of the first pull still come in: it goes between them. */
  changed: () => void;
};

type Wanted = {
  name: string;
  /** Of the collection's schema. */
  version: number;
  collection: RxCollection<Fields>;
  /** Holds the place. */
  places: RxCollection;
  requests: Requests;
  /** Shared with the pushes of the collection. */
  mutex: Mutex;
  progress: (progress: Progress) => void;
  /** The place could not be kept. */
  notKept: (error: unknown) => void;
};

export function createPuller({ name, version,
  collection,
  places,
  requests,
  mutex,
  progress,
  notKept,
}: Wanted): Puller {
  const key = `place:${name}`;
  let place: Place | null = null;
  let poked = false;
  const begun = Promise.withResolvers<void>();

  const load = async (): Promise<Place | null> => {
    const kept: unknown = (await places.getLocal<{ place: Place }>(key))?.get('place');
    const known = kept as Place | undefined; // written by keep
    if (known?.version === version) return known;
    // Of an older version of the app: all is pulled once more, for new fields and for what was lost meanwhile.
    const isNew = !known && (await collection.findOne().exec()) === null;
    return isNew ? null : { version, seq: 0, first: null, progress: { done: 0, total: 0 } };
  };
  /** What was lost while the first pull goes on: a page that is on its way may still have it. */
  const lost = new Map<string, number>();
  const isLost = ({ id, seq }: Pulled) => (lost.get(id) ?? -1) > Number(seq);
  /**
   * Kept after the rows that it tells of; nobody waits for it, and pages of the first pull that come in close together
   * are kept once: from an older place some rows are pulled again.
   */
  let keeping: ReturnType<typeof setTimeout> | undefined;
  const keep = (next: Place) => {
    place = next;
    keeping ??= setTimeout(() => {
      keeping = undefined;
      void places.upsertLocal(key, { place }).catch(notKept);
    }, keepMs);
  };

  /** Everything that changed after the place, oldest change first. */
  const changes = async () => {
    for (;;) {
      const more = await mutex(async () => {
        if (!place) return false;
        const { documents, checkpoint } = await requests.pull(name, place.seq, pageRows);
        if (place.first) for (const row of documents) if (row._deleted) lost.set(row.id, Number(row['seq']));
        await putRows(collection, documents, pulled);
        if (checkpoint.seq > place.seq) keep({ ...place, seq: checkpoint.seq });
        return documents.length >= pageRows;
      });
      if (!more) return;
    }
  };

  const arrived = async (page: FirstPage) => {
    if (!place) {
      // Before any row: where rows stand it is known since when changes of them are to be pulled.
      const progress = { done: 0, total: page.total ?? 0 };
      place = { version, seq: page.head, first: 'beginning', progress };
      await places.upsertLocal(key, { place });
    }
    await putNewRows(
      collection,
      page.documents.filter((row) => !isLost(row)),
    );
    const done = place.progress.done + page.documents.length;
    const reached = { done, total: Math.max(place.progress.total, done) };
    progress(reached);
    keep({ ...place, first: page.next, progress: reached });
    begun.resolve();
  };

  const firstPull = async (cursor: FirstCursor | null) => {
    let page: FirstPage | null = await mutex(() => requests.first(name, cursor, firstPageRows));
    while (page) {
      const here: FirstPage = page;
      // The next page is on its way while this one is written.
      page = await mutex(async () => {
        const next = here.next ? requests.first(name, here.next, pageRows) : null;
        next?.catch(() => undefined); // awaited below, also where the write fails first
        await arrived(here);
        return next;
      });
      if (poked) {
        poked = false;
        await changes();
      }
    }
  };

  return {
    async pull() {
      place ??= await load();
      if (place) begun.resolve();
      if (place?.first) progress(place.progress);
      const isNew = place === null;
      const first = place?.first ?? 'beginning';
      if (isNew || place?.first) await firstPull(first === 'beginning' ? null : first);
      // A new device has just got what there is, unless it was told of more meanwhile.
      if (!isNew || poked) await changes();
      poked = false;
    },
    begun: begun.promise,
    standsAt: () => place?.seq ?? null,
    backTo(seq) {
      if (place && seq < place.seq) keep({ ...place, seq });
    },
    changed() {
      poked = true;
    },
  };
}
