import { storageNameOf, type Collection } from '#shared/engine/collection.ts';
import { indexesOf } from './rx-schema.ts';
import type { DBCore, DBCoreGetManyRequest, DBCoreTable, Dexie } from 'dexie';

/*
 * RxDB's Dexie storage as this app uses it. RxDB looks for the documents of a write one by one, and keeps two indexes
 * by the time of writing, for its own replication and clean-up, which this app has not. Each index makes a first pull
 * slower by about a tenth. (A migration goes by one of them: it is done without this, and adds what it lacks.)
 */

/** Fewer keys than this are looked up one by one. */
const fewKeys = 20;

/**
 * For `getRxStorageDexie({ onCreate })`: called with each database before it is opened.
 *
 * @param name of the database: rxdb-dexie-(replica)--(version)--(collection)
 */
export function fastDexie(
  db: Dexie,
  { name, collections }: { name: string; collections: Readonly<Record<string, Collection>> },
): void {
  const stored = name.split('--').at(-1);
  const left = unusedOf(Object.values(collections).find((each) => storageNameOf(each) === stored));
  const version = db.version.bind(db);
  db.version = (number: number) => {
    const made = version(number);
    const stores = made.stores.bind(made);
    made.stores = (schemas) => stores({ ...schemas, docs: without(left, schemas['docs'] ?? null) });
    return made;
  };
  db.use({ stack: 'dbcore', name: 'get-by-range', create: (core) => byRange(core) });
}

/** Indexes that RxDB makes and no query of this app goes by; one by id alone where the collection has better ones. */
function unusedOf(collection: Collection | undefined): string[] {
  const byId = collection && !indexesOf(collection).some(([first]) => first === 'id');
  return ['_meta.lwt', '[_meta.lwt+id]', ...(byId ? ['[_deleted+id]'] : [])];
}

function without(left: readonly string[], schema: string | null): string | null {
  if (schema === null) return null;
  return schema
    .split(', ')
    .filter((index) => !left.includes(index))
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
 * Ids begin with their time (UUIDv7), so those of one page lie together: their range is read for the keys that exist,
 * which on a first pull are none. A range that holds much else is not worth it.
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
  const here = new Set<unknown>(result);
  const wanted = keys.filter((key) => here.has(key));
  if (wanted.length === 0) return keys.map(() => undefined);
  const found = (await table.getMany({ ...request, keys: wanted })) as unknown[];
  const byKey = new Map(wanted.map((key, i) => [key, found[i]]));
  return keys.map((key) => byKey.get(key));
}
