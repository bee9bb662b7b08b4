import 'fake-indexeddb/auto';
import type { RxStorage } from 'rxdb/plugins/core';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { collections } from '#shared/collections.ts';
import { fastDexie } from '#sync/client/fast-dexie.ts';

/**
 * The browsers' storage, on an in-memory IndexedDB. It lives as long as the process, so a replica can be
 * closed and opened again.
 */
export function dexieStorage(): RxStorage<unknown, unknown> {
  return getRxStorageDexie({ onCreate: (db, name) => fastDexie(db, { name, collections }) }); // Dexie's storage has internal types of its own
}
