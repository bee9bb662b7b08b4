import type * as z from 'zod/mini';
import {
  collectionOf,
  type CollectionName,
  type Documents,
  type Fields,
} from '#shared/collections.ts';

/** Between a row of MariaDB and a document: integers arrive as strings, flags as 0 and 1, structures as JSON text. */

type Kind = 'number' | 'boolean' | 'json' | 'text';

const kinds = new Map<CollectionName, [field: string, kind: Kind][]>();

function kindsOf(name: CollectionName): [string, Kind][] {
  const known = kinds.get(name);
  if (known) return known;
  const shape = collectionOf(name).schema.shape;
  const list = Object.entries(shape).map(([field, type]): [string, Kind] => [field, kindOf(type)]);
  kinds.set(name, list);
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

/** The document in a row as Sequelize gives it raw. */
export function toDocument<N extends CollectionName>(name: N, row: object): Documents[N] {
  const values = row as Record<string, unknown>;
  const entries = kindsOf(name).map(([field, kind]) => {
    const value = values[field];
    if (value === null || value === undefined) return [field, null];
    if (kind === 'number') return [field, Number(value)];
    if (kind === 'boolean') return [field, Boolean(Number(value))];
    if (kind === 'json') return [field, typeof value === 'string' ? (JSON.parse(value) as unknown) : value];
    return [field, value];
  });
  return Object.fromEntries(entries) as Documents[N]; // the columns are compared with the zod object in a test
}

/** The values of a document (or a part of one) as columns. */
export function toRow(name: CollectionName, document: Partial<Fields>): Record<string, unknown> {
  const jsonFields = new Set(kindsOf(name).flatMap(([field, kind]) => (kind === 'json' ? [field] : [])));
  return Object.fromEntries(
    Object.entries(document).map(([field, value]) => [
      field,
      jsonFields.has(field) && value !== null ? JSON.stringify(value) : value,
    ]),
  );
}
