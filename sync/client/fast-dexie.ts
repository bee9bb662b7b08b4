import { storageNameOf, type Collection } from '#shared/engine/collection.ts';
import { indexesOf } from './rx-schema.ts';
import type { DBCore, DBCoreGetManyRequest, DBCoreTable, Dexie } from 'dexie';

/*
 * Makes RxDB's Dexie storage faster for this app. RxDB looks up the documents of a write one by one, and it has two
 * indexes by time of writing for its own replication and clean-up, which this app does not use. Each index makes a first
 * pull slower by about a tenth. (A migration needs one of these indexes. It opens the database without this code, and
 * thereby adds the missing index.)
 */

/** Fewer keys than this are looked up one by one. */
const fewKeys = 20;

/**
 * Changes a database before it is opened. Use it in `getRxStorageDexie({ onCreate })`.
 *
 * @param name name of the database: rxdb-dexie-(replica)--(version)--(collection)
 */
export function fastDexie(
  db: Dexie,
  { name, collections }: { name: string; collections: Readonly<Record<string, Collection>> },
): void {
  const stored = name.split('--').at(-1);
  const unused = unusedIndexes(Object.values(collections).find((each) => storageNameOf(each) === stored));
  const version = db.version.bind(db);
  db.version = (number: number) => {
    const created = version(number);
    const stores = created.stores.bind(created);
    created.stores = (schemas) => stores({ ...schemas, docs: without(unused, schemas['docs'] ?? null) });
    return created;
  };
  db.use({ stack: 'dbcore', name: 'get-by-range', create: (core) => byRange(core) });
}

/** Indexes that RxDB creates and no query of this app uses; also the one by id, if the collection has better ones. */
function unusedIndexes(collection: Collection | undefined): string[] {
  const byId = collection && !indexesOf(collection).some(([first]) => first === 'id');
  return ['_meta.lwt', '[_meta.lwt+id]', ...(byId ? ['[_deleted+id]'] : [])];
}

function without(unused: readonly string[], schema: string | null): string | null {
  if (schema === null) return null;
  return schema
    .split(', ')
    .filter((index) => !unused.includes(index))
    .join(', ');
}

function byRange(core: DBCore): DBCore {
  return {
    ...core,
    table(name) {
      const table = core.table(name);
      return { ...table, getMany: (request) => getMany(table, request) };
    },
  };
}

/**
 * Ids begin with their time (UUIDv7), so the ids of one page are close together. One range query finds which of the keys
 * exist; on a first pull, none do. If the range contains many other keys, the plain lookup is used.
 */
async function getMany(table: DBCoreTable, request: DBCoreGetManyRequest): Promise<unknown[]> {
  const keys = request.keys as string[]; // every key of RxDB's tables is a string
  const [first] = keys;
  if (first === undefined || keys.length < fewKeys) return table.getMany(request);
  const lower = keys.reduce((least, key) => (key < least ? key : least), first);
  const upper = keys.reduce((most, key) => (key > most ? key : most), first);
  const limit = keys.length * 2;
  const { result } = await table.query({
    trans: request.trans,
    values: false,
    limit,
    query: {
      index: table.schema.primaryKey,
      range: { type: 2, lower, upper, lowerOpen: false, upperOpen: false },
    },
  });
  if (result.length >= limit) return table.getMany(request);
  const existing = new Set<unknown>(result);
  const existingKeys = keys.filter((key) => existing.has(key));
  if (existingKeys.length === 0) return keys.map(() => undefined);
  const found = (await table.getMany({ ...request, keys: existingKeys })) as unknown[];
  const byKey = new Map(existingKeys.map((key, i) => [key, found[i]]));
  return keys.map((key) => byKey.get(key));
}
