import { addRxPlugin, type MigrationStrategy } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { unsent } from './server-documents.ts';

/*
 * An update of the app may bring documents of another form. What stands on the device is brought to it, so that the
 * app opens without network and what waits is sent; then everything is pulled once more for its new fields (pull.ts).
 */

/** The code of migrations is large and needed once after an update: it is loaded then. */
export async function addMigrations(): Promise<void> {
  const { RxDBMigrationPlugin } = await import('rxdb/plugins/migration-schema');
  addRxPlugin(RxDBMigrationPlugin);
}

/** From each earlier version of a collection straight to fields of the present one. */
export function migrationsOf(collection: Collection): {
  migrationStrategies: Record<number, MigrationStrategy<Fields>>;
} {
  const { version } = collection;
  const versions = Array.from({ length: version }, (_, before) => before + 1);
  return { migrationStrategies: Object.fromEntries(versions.map((to) => [to, presentForm(collection)])) };
}

/** Fields that are no more are left out; new ones have what a new document has, until the server says otherwise. */
function presentForm({ schema, defaults }: Collection): MigrationStrategy<Fields> {
  return (document) => {
    const ofRxdb = Object.entries(document).filter(([field]) => field.startsWith('_'));
    const fields = Object.keys(schema.shape).map((field): [string, unknown] => [
      field,
      document[field] ?? defaults[field] ?? null,
    ]);
    const waits = document['seq'] === 0 ? unsent((document['base'] as Fields | undefined) ?? null) : {};
    return { ...Object.fromEntries([...ofRxdb, ...fields]), id: document.id, ...waits };
  };
}
