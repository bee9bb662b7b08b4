import type { ModelAttributes, Sequelize } from 'sequelize';
import { collectionNames, type CollectionName } from '#shared/collections.ts';
import { storageNameOf } from '#shared/engine/collection.ts';
import type { Columns, RowOf, Table } from './columns.ts';
import { documentTables } from './documents.ts';
import { serverTables, type ServerTable } from './server-only.ts';

export type TableName = CollectionName | ServerTable;
/** A row of a table that never leaves the server. */
export type ServerRow<N extends ServerTable> = RowOf<(typeof serverTables)[N]>;
/** Documents are read by sync/server/row.ts, the other rows by rows.ts. */
export type Models = Record<CollectionName, Table> & {
  [N in ServerTable]: Table<ServerRow<N>>;
};

/** Defines one Sequelize model per table, by the name of the table. */
export function defineModels(db: Sequelize): Models {
  const tables: [TableName, Columns][] = [
    ...collectionNames.map((name): [TableName, Columns] => [name, documentTables[name]]),
    ...(Object.entries(serverTables) as [ServerTable, Columns][]), // keys of a literal
  ];
  const defined = tables.map(([name, columns]) => [
    name,
    db.define(name, copyOf(columns), {
      tableName: storageNameOf({ name }),
    }),
  ]);
  return Object.fromEntries(defined) as Models; // one entry per name above
}

/** Sequelize changes the attributes that it gets, so each connection needs a copy. */
function copyOf(columns: Columns): ModelAttributes {
  return Object.fromEntries(Object.entries(columns).map(([name, options]) => [name, { ...options }]));
}
