import type { RxJsonSchema } from 'rxdb/plugins/core';
import type * as z from 'zod/mini';
import type { Collection, Fields } from '#shared/engine/collection.ts';

type Property = Record<string, unknown> & { type: string | string[] };
type Type = z.core.$ZodType;
type Check = { check: string; maximum?: number; value?: number };
type Def = z.core.$ZodTypeDef & {
  innerType?: Type;
  entries?: Record<string, string>;
  checks?: { _zod: { def: Check } }[];
};

/** Counts the changes of the fields that every replica adds to a document (`unsentProperties`). */
const layout = 1;

/** The version of a collection on the device. A replica with a lower one is migrated (migrate.ts). */
export const storedVersionOf = ({ version }: Pick<Collection, 'version'>): number => version + layout;

/**
 * Derives the replica's schema of a collection from its zod object. The id and every indexed field are required, because
 * Dexie stores a document without an indexed field but never finds it again. The replica does not validate documents:
 * forms do that before, and the server afterwards.
 */
export function rxSchemaOf(collection: Collection): RxJsonSchema<Fields> {
  const { name, schema, indexes } = collection;
  const indexed = new Set(indexes.flat());
  const properties = Object.fromEntries(
    Object.entries(schema.shape).map(([field, type]) => [
      field,
      propertyOf(`${name}.${field}`, type, field === 'id' || indexed.has(field)),
    ]),
  );
  return {
    version: storedVersionOf(collection),
    primaryKey: 'id',
    type: 'object',
    properties: { ...properties, ...unsentProperties },
    required: ['id', 'unsent', ...[...indexed].filter((field) => field !== 'id')],
    indexes: indexesOf(collection),
  };
}

/**
 * The indexes of a collection, in an order that matters to RxDB: a query without a sort uses the first index, and a query
 * that fits no index uses the last. Both must contain every document, which the index by `unsent` does not.
 */
export function indexesOf(collection: Collection): string[][] {
  const own = collection.indexes.map((index) => [...index]);
  const last = own.length > 1 ? own.splice(-1) : [['id']];
  return [...own, ['unsent'], ...last];
}

/**
 * Fields of unsent documents only (server-documents.ts). An index of IndexedDB does not contain documents that lack its
 * field, so the index by `unsent` costs nothing for other documents. RxDB requires an indexed field to be `required`.
 */
const unsentProperties: Record<string, Property> = {
  unsent: { type: 'number', minimum: 0, maximum: 1, multipleOf: 1 },
  base: { type: ['object', 'null'], additionalProperties: true },
  created: { type: 'object', additionalProperties: true },
  touched: { type: 'array' },
};

function propertyOf(path: string, type: Type, indexed: boolean): Property {
  const def: Def = type._zod.def;
  if (def.type === 'nullable' && def.innerType) {
    if (indexed) throw new Error(`${path} is nullable and can't be an index of a replica`);
    const inner = propertyOf(path, def.innerType, false);
    return { type: [...[inner.type].flat(), 'null'] };
  }
  if (def.type === 'object') return { type: 'object', additionalProperties: true };
  if (def.type === 'array') return { type: 'array' };
  if (def.type === 'boolean') return { type: 'boolean' };
  if (def.type === 'number') return numberProperty(path, type, indexed);
  if (def.type === 'enum') return indexed ? { type: 'string', maxLength: longest(def) } : { type: 'string' };
  if (def.type === 'string') return stringProperty(path, type, indexed);
  throw new Error(`${path}: a ${def.type} has no form in a replica's schema`);
}

function numberProperty(path: string, type: Type, indexed: boolean): Property {
  if (!indexed) return { type: 'number' };
  const minimum = checkOf(type, 'greater_than')?.value;
  const maximum = checkOf(type, 'less_than')?.value;
  if (minimum === undefined || maximum === undefined)
    throw new Error(`${path} is an index and needs its limits`);
  return { type: 'number', minimum, maximum, multipleOf: 1 };
}

function stringProperty(path: string, type: Type, indexed: boolean): Property {
  if (!indexed) return { type: 'string' };
  const maxLength = checkOf(type, 'max_length')?.maximum;
  if (maxLength === undefined) throw new Error(`${path} is an index and needs a maximum length`);
  return { type: 'string', maxLength };
}

function longest({ entries }: Def): number {
  return Math.max(...Object.values(entries ?? {}).map((value) => value.length));
}

/** The definition of one of a type's checks, as zod keeps it. */
function checkOf(type: Type, name: string): Check | undefined {
  const def: Def = type._zod.def;
  return def.checks?.map(({ _zod }) => _zod.def).find(({ check }) => check === name);
}
