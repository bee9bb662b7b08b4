import { RxError, type RxCollection } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';
import { isUnsent, unsent, unsentChange, type Stored } from './server-documents.ts';

/** The document type of each collection, by its name. */
export type DocumentMap = Record<string, object>;

/** The person's writes on this device. They show in every list at once, and are sent when there is a network. */
export type LocalWrites<D extends DocumentMap> = {
  insert: <N extends keyof D & string>(
    name: N,
    document: Omit<D[N], ReplicaTimes & keyof D[N]>,
  ) => Promise<void>;
  patch: <N extends keyof D & string>(name: N, id: string, changes: Partial<D[N]>) => Promise<void>;
  /**
   * Inserts the document. If a document with its id already exists, or a pull or another tab adds it at this moment, that
   * document is changed instead. `changes` gets the document as it is at the write; null leaves it unchanged.
   */
  insertOrPatch: <N extends keyof D & string>(
    name: N,
    document: Omit<D[N], ReplicaTimes & keyof D[N]>,
    changes: (here: D[N]) => Partial<D[N]> | null,
  ) => Promise<void>;
  /**
   * Creates a document that the server had accepted and lost. It may still be here, while the replica is being compared
   * with the restored server. The comparison keeps it then, as it does with all new documents.
   */
  insertAgain: <N extends keyof D & string>(name: N, document: Fields) => Promise<void>;
  /**
   * Accepts no further writes, and waits for those that have begun. From then on, nothing is written that a reader of the
   * replica has not seen.
   */
  endWrites: () => Promise<void>;
};

type ReplicaTimes = 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq';

export function createLocalWrites<D extends DocumentMap>(
  collectionNamed: (name: string) => RxCollection<Fields>,
  now: () => number,
): LocalWrites<D> {
  const asNew = (document: Fields) => {
    const time = now();
    const times = { createdAt: time, updatedAt: time, writtenAt: time };
    return { ...document, ...times, ...unsent(null) };
  };
  const beginning = new Set<Promise<unknown>>();
  let hasEnded = false;
  const during = async <T>(write: () => Promise<T>): Promise<T> => {
    if (hasEnded) throw new Error('the replica is being rebuilt');
    const begun = write();
    beginning.add(begun);
    try {
      return await begun;
    } finally {
      beginning.delete(begun);
    }
  };
  const insert = async (name: string, document: Fields) => {
    await collectionNamed(name).insert(asNew(document));
  };
  /** @returns false if a document with its id is here, or was added at this moment */
  const inserted = async (name: string, document: Fields): Promise<boolean> => {
    try {
      await insert(name, document);
      return true;
    } catch (error) {
      if (error instanceof RxError && error.code === 'CONFLICT') return false;
      throw error;
    }
  };
  const edited = (here: Stored, changes: object) => ({
    ...here,
    ...changes,
    // Each change of a document has its own time, by which the server recognizes a change that is sent twice.
    writtenAt: Math.max(now(), Number(here['writtenAt']) + 1),
    ...unsentChange(here, Object.keys(changes)),
  });
  /** Changes a document. @returns false if it is not in the replica */
  const patchWith = async (
    name: string,
    id: string,
    changes: (here: Fields) => object | null,
  ): Promise<boolean> => {
    const found = await collectionNamed(name).findOne(id).exec();
    if (!found) return false;
    if (!changes(found.toJSON())) return true;
    let isHere = true;
    await found.incrementalModify((here: Stored) => {
      isHere = !here._deleted; // it may have been deleted since it was found
      const patch = isHere ? changes(here) : null;
      return patch ? edited(here, patch) : here;
    });
    return isHere;
  };

  return {
    insert: (name, document) => during(() => insert(name, document as unknown as Fields)), // safe: every document has an id
    async patch(name, id, changes) {
      const isHere = await during(() => patchWith(name, id, () => changes));
      if (!isHere) throw new Error(`${name} ${id} is not here`);
    },
    async insertOrPatch<N extends keyof D & string>(
      name: N,
      document: Omit<D[N], ReplicaTimes & keyof D[N]>,
      changes: (here: D[N]) => Partial<D[N]> | null,
    ) {
      const fields = document as unknown as Fields; // safe: every document has an id
      const changesOf = (here: unknown) => changes(here as D[N]); // safe: the same collection
      // If it was added between the query and the insert, the next query finds it.
      await during(async () => {
        while (!(await patchWith(name, fields.id, changesOf)) && !(await inserted(name, fields)));
      });
    },
    insertAgain: (name, document) =>
      during(async () => {
        while (!(await inserted(name, document))) {
          const here = await collectionNamed(name).findOne(document.id).exec();
          await here?.incrementalModify((stored: Stored) =>
            isUnsent(stored) ? stored : { ...asNew(document), _deleted: false },
          );
          if (here) return;
        }
      }),
    async endWrites() {
      hasEnded = true;
      await Promise.allSettled(beginning);
    },
  };
}
