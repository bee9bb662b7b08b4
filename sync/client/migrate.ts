import { addRxPlugin, type MigrationStrategy, type RxCollectionCreator } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { storedVersionOf } from './rx-schema.ts';
import { unsent } from './server-documents.ts';

/*
 * An update of the app may change the fields of documents. The documents on the device are then migrated, so that the app
 * opens without network and unsent writes can be sent. Afterwards everything is pulled again for new fields (pull.ts).
 */

let loaded = false;

/** Loads RxDB's migration plugin, which is large and needed only once after an update. */
export async function addMigrations(): Promise<void> {
  const { RxDBMigrationPlugin } = await import('rxdb/plugins/migration-schema');
  addRxPlugin(RxDBMigrationPlugin);
  loaded = true;
}

/**
 * Migrates each earlier version of a collection directly to the fields of the current one. Once the plugin is loaded, it
 * refuses writes to every new collection until it has looked for an older one, so opening has to wait for that (COL25).
 */
export function migrationsOf(
  collection: Collection,
): Pick<RxCollectionCreator<Fields>, 'autoMigrate' | 'migrationStrategies'> {
  if (!loaded) return { autoMigrate: false };
  const version = storedVersionOf(collection);
  const versions = Array.from({ length: version }, (_, before) => before + 1);
  return {
    migrationStrategies: Object.fromEntries(versions.map((to) => [to, toCurrentVersion(collection)])),
  };
}

/** Removes old fields and gives new fields their defaults, until the document is pulled again. */
function toCurrentVersion({
  schema,
  defaults,
  migrate = (same) => same,
}: Collection): MigrationStrategy<Fields> {
  return (stored) => {
    const document = migrate(stored);
    const rxdbFields = Object.entries(document).filter(([field]) => field.startsWith('_'));
    const fields = Object.keys(schema.shape).map((field): [string, unknown] => [
      field,
      document[field] ?? defaults[field] ?? null,
    ]);
    const unsentFields =
      document['seq'] === 0
        ? unsent(
            stored['base'] ? migrate(stored['base'] as Fields) : null,
            document['touched'] as string[] | undefined,
          )
        : {};
    return { ...Object.fromEntries([...rxdbFields, ...fields]), id: document.id, ...unsentFields };
  };
}
