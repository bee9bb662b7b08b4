import { addRxPlugin, type MigrationStrategy } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { unsent } from './server-documents.ts';

/*
 * An update of the app may change the fields of documents. The documents on the device are then migrated, so that the app
 * opens without network and unsent writes can be sent. Afterwards everything is pulled again for new fields (pull.ts).
 */

/** Loads RxDB's migration plugin, which is large and needed only once after an update. */
export async function addMigrations(): Promise<void> {
  const { RxDBMigrationPlugin } = await import('rxdb/plugins/migration-schema');
  addRxPlugin(RxDBMigrationPlugin);
}

/** Migrates each earlier version of a collection directly to the fields of the current one. */
export function migrationsOf(collection: Collection): {
  migrationStrategies: Record<number, MigrationStrategy<Fields>>;
} {
  const { version } = collection;
  const versions = Array.from({ length: version }, (_, before) => before + 1);
  return {
    migrationStrategies: Object.fromEntries(versions.map((to) => [to, toCurrentVersion(collection)])),
  };
}

/** Removes old fields and gives new fields their defaults, until the document is pulled again. */
function toCurrentVersion({ schema, defaults }: Collection): MigrationStrategy<Fields> {
  return (document) => {
    const rxdbFields = Object.entries(document).filter(([field]) => field.startsWith('_'));
    const fields = Object.keys(schema.shape).map((field): [string, unknown] => [
      field,
      document[field] ?? defaults[field] ?? null,
    ]);
    const unsentFields =
      document['seq'] === 0 ? unsent((document['base'] as Fields | undefined) ?? null) : {};
    return { ...Object.fromEntries([...rxdbFields, ...fields]), id: document.id, ...unsentFields };
  };
}
