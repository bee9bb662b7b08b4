import 'fake-indexeddb/auto';
import { addRxPlugin, createRxDatabase } from 'rxdb/plugins/core';
import { disableWarnings, RxDBDevModePlugin } from 'rxdb/plugins/dev-mode';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { wrappedValidateAjvStorage } from 'rxdb/plugins/validate-ajv';
import { expect, test } from 'vitest';
import { collectionNames, collectionOf, type CollectionName } from '#shared/collections.ts';
import { storageNameOf } from '#shared/engine/collection.ts';
import { refusalsSchema } from '#sync/client/refusals.ts';
import { addMigrations, migrationsOf } from '#sync/client/migrate.ts';
import { rxSchemaOf } from '#sync/client/rx-schema.ts';

disableWarnings();
addRxPlugin(RxDBDevModePlugin);

test('every collection opens on Dexie, within the 13 collections that free RxDB allows', async () => {
  await addMigrations();
  const storage = wrappedValidateAjvStorage({ storage: getRxStorageDexie() });
  const db = await createRxDatabase({ name: 'every-collection', storage });
  const schemas = collectionNames.map(
    (name) =>
      [
        storageNameOf(collectionOf(name)),
        { schema: rxSchemaOf(collectionOf(name)), ...migrationsOf(collectionOf(name)) },
      ] as const,
  );
  const opened = await db.addCollections({
    ...Object.fromEntries(schemas),
    refusals: { schema: refusalsSchema },
  });
  expect(Object.keys(opened).length).toBeLessThanOrEqual(12);
  await db.remove();
});

test('only the query for unsent documents uses the index on unsent', async () => {
  await addMigrations();
  const storage = wrappedValidateAjvStorage({ storage: getRxStorageDexie() });
  const db = await createRxDatabase({ name: 'plans', storage });
  const opened = await db.addCollections(
    Object.fromEntries(
      collectionNames.map((name) => [
        storageNameOf(collectionOf(name)),
        { schema: rxSchemaOf(collectionOf(name)), ...migrationsOf(collectionOf(name)) },
      ]),
    ),
  );
  const planned = (name: CollectionName, query: object) =>
    opened[storageNameOf(collectionOf(name))]?.find(query as never).getPreparedQuery().queryPlan.index;
  for (const name of collectionNames) {
    const fields = Object.keys(collectionOf(name).schema.shape);
    const queries = [
      {},
      { selector: {} },
      ...fields.flatMap((field) => [
        { selector: { [field]: 'x' } },
        { selector: { [field]: { $gt: 'x' } } },
        { selector: { [field]: { $in: ['x', 'y'] } } },
        { selector: {}, sort: [{ [field]: 'asc' }] },
        { selector: {}, sort: [{ [field]: 'desc' }] },
      ]),
    ];
    for (const query of queries) expect(planned(name, query), JSON.stringify(query)).not.toContain('unsent');
    expect(planned(name, { selector: { unsent: 1 } })).toContain('unsent');
  }
  await db.remove();
});

test('id and every indexed field are required, so that Dexie can find stored documents', () => {
  for (const name of collectionNames) {
    const expected = ['id', 'unsent', ...collectionOf(name).indexes.flat()];
    expect([...(rxSchemaOf(collectionOf(name)).required ?? [])].sort()).toEqual(
      [...new Set(expected)].sort(),
    );
  }
});
