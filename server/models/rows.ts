import type { FindOptions } from 'sequelize';
import type { Column, Table } from './columns.ts';

/** Reads the tables that hold no documents. models/server-only.ts defines the types of their columns. */

type Options = Omit<FindOptions, 'raw'>;

/** Returns the rows that a query finds. Columns that `attributes` leaves out are missing. */
export async function findRows<R>(table: Table<R>, options: Options = {}): Promise<R[]> {
  const rows = await table.findAll({ ...options, raw: true });
  return rows.map((row) => readRow(table, row));
}

/** Returns the first row that a query finds, or null. */
export async function findRow<R>(table: Table<R>, options: Options = {}): Promise<R | null> {
  const row = await table.findOne({ ...options, raw: true });
  return row && readRow(table, row);
}

/** Converts a row: MariaDB sends BIGINT as text, flags as numbers, and JSON as text. */
function readRow<R>(table: Table<R>, row: object): R {
  const attributes = table.getAttributes() as Record<string, Column<unknown>>;
  const entries = Object.entries(row).map(([name, value]: [string, unknown]) => [
    name,
    value === null ? null : readValue(attributes[name], value),
  ]);
  return Object.fromEntries(entries) as R; // the columns define the type of each value
}

function readValue(column: Column<unknown> | undefined, value: unknown): unknown {
  if (!column) return value;
  if (column.json) return typeof value === 'string' ? (JSON.parse(value) as unknown) : value;
  const { key } = column.type as { key?: string };
  if (key === 'BIGINT' || key === 'INTEGER') return Number(value);
  if (key === 'BOOLEAN') return Boolean(Number(value));
  return value;
}
