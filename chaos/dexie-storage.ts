import 'fake-indexeddb/auto';
import type { RxStorage } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { collections } from '#shared/collections.ts';
import { fastDexie } from '#sync/client/fast-dexie.ts';

/** The storage of browsers, on an IndexedDB in memory that lives as long as its process: a replica can be opened again. */
export function dexieStorage(): RxStorage<unknown, unknown> {
  return getRxStorageDexie({ onCreate: (db, name) => fastDexie(db, { name, collections }) }); // its own types inside
}
