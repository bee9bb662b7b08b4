import type { Fields } from '#shared/collections.ts';
import { openDatabase, resultOf } from './open-database.ts';

const batch = 2_000;

/**
 * Reads the documents that a replica has stored of a collection, without RxDB, which would bring its own copy of all of them to
 * this thread. RxDB's Dexie storage keeps each collection in a database of its own, in the table "docs".
 *
 * @param each gets the documents in batches, without deleted ones
 */
export async function readStored(
  replica: string,
  storageName: string,
  each: (documents: Fields[]) => void,
): Promise<void> {
  const known = await indexedDB.databases();
  const pattern = new RegExp(`^rxdb-dexie-${replica}--(\\d+)--${storageName}$`);
  const versions = known.flatMap(({ name = '' }) => {
    const [, version] = pattern.exec(name) ?? [];
    return version === undefined ? [] : [{ name, version: Number(version) }];
  });
  // While an older version is being migrated there are two.
  const [latest] = versions.sort((a, b) => b.version - a.version);
  if (!latest) return;
  const database = await openDatabase(latest.name);
  try {
    if (!database.objectStoreNames.contains('docs')) return;
    let after: IDBKeyRange | null = null;
    for (;;) {
      const request = database.transaction('docs').objectStore('docs').getAll(after, batch);
      const documents = (await resultOf(request)) as (Fields & { _deleted?: unknown })[]; // written by RxDB
      // Stored as '0' or '1', because an index cannot hold a boolean.
      each(documents.flatMap(({ _deleted, ...document }) => (_deleted === '1' ? [] : [document as Fields])));
      const last = documents.at(-1);
      if (!last || documents.length < batch) return;
      after = IDBKeyRange.lowerBound(last.id, true);
    }
  } finally {
    database.close();
  }
}
