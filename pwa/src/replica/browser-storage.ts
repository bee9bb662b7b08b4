import type { Dexie } from 'dexie';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { collections } from '#shared/collections.ts';
import { fastDexie } from '#sync/client/fast-dexie.ts';

/** @param mayBeOlder true if a migration may run. It needs the indexes that fast Dexie omits. */
export function browserStorage(mayBeOlder: boolean) {
  return getRxStorageDexie({
    onCreate(db: Dexie, name: string) {
      if (!mayBeOlder) fastDexie(db, { name, collections });
      // The browser deleted the storage (to free space, or the user cleared it): reload and pull everything again. This
      // uses the browser's event, because Dexie's also fires when the app closes the database.
      const reload = () => window.location.reload();
      db.on('ready', () => db.backendDB().addEventListener('close', reload, { once: true }), true);
    },
  });
}
