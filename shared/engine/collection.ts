import type * as z from 'zod/mini';

/** A document whose collection is known only at run time. */
export type Fields = Record<string, unknown> & { id: string };

/**
 * What happens when the writer and somebody else have changed the same field.
 * - 'refuse' (default): the write is refused, and the refusal contains the current value.
 * - 'latest': the write replaces the current value.
 * - 'max': the larger value is kept.
 * - `wins`: the write replaces the current value if it gives these fields these values and the server's document does not
 *   have them yet.
 */
export type ConflictRule = 'refuse' | 'latest' | 'max' | { wins: Readonly<Record<string, unknown>> };

/** Everything the engine needs to know about a collection. `schema` defines its documents. */
export type Collection = {
  name: string;
  /** Version of the replica's schema. A higher version migrates what devices have stored. */
  version: number;
  schema: z.ZodMiniObject<Record<string, z.ZodMiniType>>;
  indexes: readonly (readonly string[])[];
  /** Fields that only the server sets. Values from a replica are ignored, because it can only guess them. */
  derived: readonly string[];
  /** Values of a new document for fields that its writer may leave out. */
  defaults: Record<string, unknown>;
  /** Fields without an entry have the rule 'refuse'. */
  conflicts: Record<string, ConflictRule>;
  insertOnly: boolean;
  /** A new device gets documents with one of these values before all others. */
  foremost?: Readonly<Record<string, readonly string[]>>;
  /** Maps each unique key of the table to the field that a 'taken' refusal names. */
  uniqueKeys?: Readonly<Record<string, string>>;
  /** Fields that hold the id of the document's parent. */
  parents?: readonly string[];
  /** Fields whose values are left out of the audit. */
  unaudited?: readonly string[];
  /** Gives a document that a device stored in an earlier version the fields of the current one, where defaults are not enough. */
  migrate?: (stored: Fields) => Fields;
};

/** The type of a collection's documents. */
export type DocumentOf<C extends Collection> = z.infer<C['schema']>;

/** Fields of every document that only the server sets. */
export const serverTimes = ['createdAt', 'updatedAt', 'seq'];
type Times = 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq';

/** A document before it is saved: without its times and seq. */
export type NewDocument<D> = Omit<D, Times>;

/** Defines a collection. @throws Error if a rule or an index names a field that the schema does not have */
export function defineCollection<const C extends Collection>(collection: C): C {
  const { name, schema, indexes, derived, defaults, conflicts } = collection;
  const named = [
    ...indexes.flat(),
    ...derived,
    ...Object.keys(defaults),
    ...Object.keys(conflicts),
    ...(collection.parents ?? []),
    ...(collection.unaudited ?? []),
  ];
  const unknown = named.find((field) => !Object.hasOwn(schema.shape, field));
  if (unknown !== undefined) throw new Error(`${name} has no field ${unknown}`);
  return collection;
}

/** The storage name of a collection. MariaDB and RxDB need lower case, so readReceipts becomes read_receipts. */
export function storageNameOf({ name }: Pick<Collection, 'name'>): string {
  return name.replace(/[A-Z]/g, (capital) => `_${capital.toLowerCase()}`);
}
