import type { Model, ModelAttributes, ModelStatic, Sequelize } from 'sequelize';
import { collectionNames, type CollectionName } from '#shared/collections.ts';
import { documentTables } from './documents.ts';
import { serverTables, type ServerTable } from './server-only.ts';

export type TableName = CollectionName | ServerTable;
/** Rows leave models raw (documents/row.ts gives them types), so a model has no attributes of its own. */
export type Table = ModelStatic<Model>;
export type Models = Record<TableName, Table>;

/** One Sequelize model a table, named as the table is. */
export function defineModels(db: Sequelize): Models {
  const tables: [TableName, ModelAttributes][] = [
    ...collectionNames.map((name): [TableName, ModelAttributes] => [name, documentTables[name]]),
    ...(Object.entries(serverTables) as [ServerTable, ModelAttributes][]), // keys of a literal
  ];
  const defined = tables.map(([name, attributes]) => [
    name,
    db.define(name, structuredCloneOf(attributes), {
      tableName: name.replace(/[A-Z]/g, (email) => `_${email.toLowerCase()}`),
    }),
  ]);
  return Object.fromEntries(defined) as Models; // one entry a name above
}

/** Sequelize writes into the attributes it is given; each connection gets its own. */
function structuredCloneOf(attributes: ModelAttributes): ModelAttributes {
  return Object.fromEntries(
    Object.entries(attributes).map(([name, options]) => [name, { ...(options as object) }]),
  ) as ModelAttributes; // the same entries
}
