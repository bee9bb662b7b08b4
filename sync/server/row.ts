import { QueryTypes, type FindOptions, type Transaction, type WhereOptions } from 'sequelize';
import type * as z from 'zod/mini';
import type { Collection, DocumentOf, Fields } from '#shared/engine/collection.ts';
import { modelOf, type SyncServer, type Table, type Tx } from './context.ts';

/** Converts between documents and MariaDB rows, which hold integers as strings, flags as 0 or 1, and JSON as text. */

type Kind = 'number' | 'boolean' | 'json' | 'text';

const kinds = new WeakMap<Collection, [field: string, kind: Kind][]>();

function kindsOf(collection: Collection): [string, Kind][] {
  const known = kinds.get(collection);
  if (known) return known;
  const list = Object.entries(collection.schema.shape).map(([field, type]): [string, Kind] => [
    field,
    kindOf(type),
  ]);
  kinds.set(collection, list);
  return list;
}

function kindOf(type: z.core.$ZodType): Kind {
  const def = type._zod.def as z.core.$ZodTypeDef & { innerType?: z.core.$ZodType };
  if (def.type === 'nullable' && def.innerType) return kindOf(def.innerType);
  if (def.type === 'number' || def.type === 'int') return 'number';
  if (def.type === 'boolean') return 'boolean';
  if (def.type === 'object' || def.type === 'array') return 'json';
  return 'text';
}

/** Converts a raw Sequelize row to a document. */
export function toDocument<C extends Collection>(collection: C, row: object): DocumentOf<C> {
  const values = row as Record<string, unknown>;
  const entries = kindsOf(collection).map(([field, kind]) => {
    const value = values[field];
    if (value === null || value === undefined) return [field, null];
    if (kind === 'number') return [field, Number(value)];
    if (kind === 'boolean') return [field, Boolean(Number(value))];
    if (kind === 'json') return [field, typeof value === 'string' ? (JSON.parse(value) as unknown) : value];
    return [field, value];
  });
  return Object.fromEntries(entries) as DocumentOf<C>; // safe: a test compares the columns with the zod object
}

/** Converts a document, or a part of one, to column values. */
export function toRow(collection: Collection, document: Partial<Fields>): Record<string, unknown> {
  const jsonFields = new Set(
    kindsOf(collection).flatMap(([field, kind]) => (kind === 'json' ? [field] : [])),
  );
  return Object.fromEntries(
    Object.entries(document).map(([field, value]) => [
      field,
      jsonFields.has(field) && value !== null ? JSON.stringify(value) : value,
    ]),
  );
}

type Options<D> = Omit<FindOptions, 'where' | 'raw' | 'attributes'> & {
  where?: WhereOptions<D> | WhereOptions;
};

/** Reads rows as the database sends them: BIGINT and JSON as text. `R` names the columns that are selected. */
export async function rawRows<R>(table: Table, options: Omit<FindOptions, 'raw'>): Promise<R[]> {
  return (await table.findAll({ ...options, raw: true })) as R[];
}

/** Finds the documents of a collection that match a query. */
export async function findDocuments<C extends Collection>(
  server: SyncServer,
  collection: C,
  options: Options<DocumentOf<C>> = {},
): Promise<DocumentOf<C>[]> {
  const rows = await rawRows<object>(modelOf(server, collection), options);
  return rows.map((row) => toDocument(collection, row));
}

const selects = new WeakMap<Table, string>();

/** SELECT of all columns of a table, with the names of its fields. It is made once. */
function selectFrom(table: Table): string {
  const known = selects.get(table);
  if (known) return known;
  const columns = Object.keys(table.getAttributes()).map(
    (field) => `${columnOf(table, field)} AS \`${field}\``,
  );
  const select = `SELECT ${columns.join(', ')} FROM ${nameOf(table)}`;
  selects.set(table, select);
  return select;
}

/**
 * Finds documents by their ids, in the order of the ids. Plain SQL: most statements of a push are this one, and building
 * it anew would cost more than everything else that the server does for it.
 */
// eslint-disable-next-line max-params -- as findDocuments, with its options
export async function findByIds<C extends Collection>(
  server: SyncServer,
  collection: C,
  ids: readonly string[],
  { isLocking = false, ...options }: { isLocking?: boolean; transaction?: Transaction; isAside?: true } = {},
): Promise<DocumentOf<C>[]> {
  const sql = `${selectFrom(modelOf(server, collection))} WHERE id IN (?) ORDER BY id${isLocking ? ' FOR UPDATE' : ''}`;
  const rows = await server.db.query<object>(sql, {
    replacements: [ids],
    type: QueryTypes.SELECT,
    ...options,
  });
  return rows.map((row) => toDocument(collection, row));
}

/** A statement must fit into a packet of the database. */
const mostAtOnce = 500;

/** Inserts rows, which have the same fields, by plain SQL. @param ignore leaves out what has a duplicate key */
// eslint-disable-next-line max-params -- as findByIds
export async function insertRows(
  { db }: Pick<SyncServer, 'db'>,
  table: Table,
  rows: readonly Readonly<Record<string, unknown>>[],
  { ignore = false, ...options }: { ignore?: boolean; transaction: Transaction; isAside?: true },
): Promise<void> {
  const fields = Object.keys(rows[0] ?? {});
  if (fields.length === 0) return;
  const columns = fields.map((field) => columnOf(table, field)).join(', ');
  const sql = `INSERT ${ignore ? 'IGNORE ' : ''}INTO ${nameOf(table)} (${columns}) VALUES ?`;
  for (let i = 0; i < rows.length; i += mostAtOnce) {
    const some = rows.slice(i, i + mostAtOnce).map((row) => fields.map((field) => row[field]));
    await db.query(sql, { replacements: [some], ...options });
  }
}

/** The quoted name of a table. */
export const nameOf = (table: Table) => `\`${table.tableName}\``;
/** The quoted column of a field. */
export const columnOf = (table: Table, field: string) =>
  `\`${table.getAttributes()[field]?.field ?? field}\``;

/** Finds the first document that matches a query, or null. */
export async function findDocument<C extends Collection>(
  server: SyncServer,
  collection: C,
  options: Options<DocumentOf<C>> = {},
): Promise<DocumentOf<C> | null> {
  const [row] = await rawRows<object>(modelOf(server, collection), { ...options, limit: 1 });
  return row ? toDocument(collection, row) : null;
}

/** Finds the ids of the documents that match a query. */
export async function findIds(
  server: SyncServer,
  collection: Collection,
  options: Options<Fields>,
): Promise<string[]> {
  const columns = { ...options, attributes: ['id'] };
  const rows = await rawRows<{ id: string }>(modelOf(server, collection), columns);
  return rows.map(({ id }) => id);
}

/** Loads and locks the documents that match a condition. Only their rows are locked, not the gaps between them. */
export async function loadDocuments<C extends Collection>(
  tx: Tx,
  collection: C,
  where: WhereOptions,
): Promise<DocumentOf<C>[]> {
  const documents: DocumentOf<C>[] = [];
  for (const id of await findIds(tx.server, collection, { where, transaction: tx.transaction })) {
    const document = await tx.load(collection, id);
    if (document) documents.push(document);
  }
  return documents;
}

/** About how many bytes a row has as JSON. */
export function sizeOf(row: object): number {
  let size = 200;
  for (const value of Object.values(row)) size += typeof value === 'string' ? Buffer.byteLength(value) : 8;
  return size;
}
