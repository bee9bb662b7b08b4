import { QueryTypes } from 'sequelize';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { collectionNames, collectionOf } from '#shared/collections.ts';
import { openTestDatabase, type TestDatabase } from '../test/test-server.ts';
import { documentTables } from './documents.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

type Column = { name: string; nullable: string; dataType: string };

async function columnsOf(table: string): Promise<Column[]> {
  return database.server.db.query<Column>(
    `SELECT column_name AS name, is_nullable AS nullable, data_type AS dataType FROM information_schema.columns
     WHERE table_schema = DATABASE() AND table_name = ?`,
    { replacements: [table], type: QueryTypes.SELECT },
  );
}

test('every model has exactly the columns of its migrated table, with the same nullability', async () => {
  for (const model of Object.values(database.server.models)) {
    const attributes = Object.values(model.getAttributes());
    const columns = await columnsOf(model.getTableName() as string);
    const modelled = attributes.map((each) => `${each.field ?? ''} ${each.allowNull === true}`).sort();
    expect(modelled, model.name).toEqual(
      columns.map(({ name, nullable }) => `${name} ${nullable === 'YES'}`).sort(),
    );
  }
});

test('every document table has exactly the fields of its zod schema', () => {
  for (const name of collectionNames) {
    expect(Object.keys(documentTables[name]).sort(), name).toEqual(
      Object.keys(collectionOf(name).schema.shape).sort(),
    );
  }
});

test('every reference of a model is a foreign key of the database, and every foreign key is a reference', async () => {
  const keys = await database.server.db.query<{ key: string }>(
    `SELECT CONCAT(table_name, '.', column_name, ' -> ', referenced_table_name) AS \`key\`
     FROM information_schema.key_column_usage
     WHERE table_schema = DATABASE() AND referenced_table_name IS NOT NULL`,
    { type: QueryTypes.SELECT },
  );
  const modelled = Object.values(database.server.models).flatMap((model) =>
    Object.values(model.getAttributes()).flatMap(({ field, references }) =>
      typeof references === 'object' && 'model' in references
        ? [`${model.getTableName() as string}.${field ?? ''} -> ${references.model as string}`]
        : [],
    ),
  );
  expect(modelled.sort()).toEqual(keys.map(({ key }) => key).sort());
});
