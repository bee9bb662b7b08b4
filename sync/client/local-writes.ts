import { RxError, type RxCollection } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';
import { changed, unsent, type Stored } from './server-documents.ts';

/** The document type of each collection, by its name. */
export type DocumentMap = Record<string, object>;

/** What a person writes on this device: at once in every list, sent when there is a network. */
export type LocalWrites<D extends DocumentMap> = {
  insert: <N extends keyof D & string>(name: N, document: Omit<D[N], ReplicaTimes & keyof D[N]>) => Promise<void>;
  patch: <N extends keyof D & string>(name: N, id: string, changes: Partial<D[N]>) => Promise<void>;
  /**
   * Inserts the document. Where one with its id is already here, or a pull or another tab brings it in at this moment,
   * that one is changed instead. `changes` is asked with the document as it is at the write; null: leave it as it is.
   */
  insertOrPatch: <N extends keyof D & string>(
    name: N,
    document: Omit<D[N], ReplicaTimes & keyof D[N]>,
    changes: (here: D[N]) => Partial<D[N]> | null,
  ) => Promise<void>;
};

type ReplicaTimes = 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq';

export function createLocalWrites<D extends DocumentMap>(
  collectionNamed: (name: string) => RxCollection<Fields>,
  now: () => number,
): LocalWrites<D> {
  const insert = async (name: string, document: Fields) => {
    const time = now();
    const times = { createdAt: time, updatedAt: time, writtenAt: time };
    await collectionNamed(name).insert({ ...document, ...times, ...unsent(null) });
  };
  const edited = (here: Stored, changes: object) => ({
    ...here,
    ...changes,
    // Each change of a document has a time of its own, by which the server knows one that was sent twice.
    writtenAt: Math.max(now(), Number(here['writtenAt']) + 1),
    ...changed(here),
  });
  /** @returns false where no such document is here */
  const patchWith = async (
    name: string,
    id: string,
    changes: (here: Fields) => object | null,
  ): Promise<boolean> => {
    const found = await collectionNamed(name).findOne(id).exec();
    if (!found) return false;
    if (!changes(found.toJSON())) return true;
    await found.incrementalModify((here: Stored) => {
      const wanted = changes(here);
      return wanted ? edited(here, wanted) : here;
    });
    return true;
  };

  return {
    insert: (name, document) => insert(name, document as unknown as Fields), // every document has an id
    async patch(name, id, changes) {
      if (!(await patchWith(name, id, () => changes))) throw new Error(`${name} ${id} is not here`);
    },
    async insertOrPatch<N extends keyof D & string>(
      name: N,
      document: Omit<D[N], ReplicaTimes & keyof D[N]>,
      changes: (here: D[N]) => Partial<D[N]> | null,
    ) {
      const fields = document as unknown as Fields; // every document has an id
      const changesOf = (here: unknown) => changes(here as D[N]); // the same collection
      while (!(await patchWith(name, fields.id, changesOf))) {
        try {
          return await insert(name, fields);
        } catch (error) {
          // It came in between the look and the insert: the next look finds it.
          if (!(error instanceof RxError) || error.code !== 'CONFLICT') throw error;
        }
      }
    },
  };
}
