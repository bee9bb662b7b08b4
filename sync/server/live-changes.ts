import { Op, QueryTypes } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import { storageNameOf, type Collection, type Fields } from '#shared/engine/collection.ts';
import { audiencesWith, fits } from '#shared/engine/scope.ts';
import type { Pulled } from '../protocol.ts';
import { modelOf, type SyncServer } from './context.ts';
import { rawRows, sizeOf, toDocument } from './row.ts';

/*
 * What changed between two numbers of the counter, read once and then divided among the listeners. A few documents travel
 * in the live stream themselves. Of many, or of large ones, only the collection is named.
 */

/** More changed documents of a collection, or more bytes, are pulled. */
const mostRows = 50;
const mostBytes = 100_000;

type Changed = { collection: Collection; rows: Fields[] } | { collection: Collection; scopes: Fields[] };
export type Changes = { changed: Changed[]; removals: Removal[] };
/** `document`: null if there are so many that they are only named. */
type Removal = { collection: string; document: string | null; audience: string; seq: string };
type Range = { after: number; until: number };

export async function changesBetween(server: SyncServer, range: Range): Promise<Changes> {
  const [removals, names] = await Promise.all([
    removalsBetween(server, range),
    namesOfChanged(server, range),
  ]);
  const changed = await Promise.all(
    names.flatMap((name) => {
      const collection = server.sync.collections[name];
      return collection ? [changesOf(server, collection, range)] : [];
    }),
  );
  return { changed, removals };
}

/** What a listener is told: the collections that changed for them, and the documents of those that they take. */
export type Told = { collections: string[]; changes: Record<string, Pulled[]> };

/** @param takes the collections whose documents the listener takes from the stream */
export function changesFor(
  { sync: { rights } }: SyncServer,
  { changed, removals }: Changes,
  { actor, takes }: { actor: Actor; takes: ReadonlySet<string> },
): Told {
  const told: Told = { collections: [], changes: {} };
  const audiences = audiencesWith(actor);
  const lost = Map.groupBy(
    removals.filter(({ audience }) => audiences.includes(audience)),
    ({ collection }) => collection,
  );
  for (const each of changed) {
    const { name } = each.collection;
    if ('scopes' in each) {
      const conditions = rights.scopeOf(actor, name);
      const sees = each.scopes.some((row) => conditions.some((when) => fits(actor, when, row)));
      if (sees || lost.has(name)) told.collections.push(name);
      lost.delete(name);
      continue;
    }
    const visible = each.rows.flatMap((row): Pulled[] => {
      const document = rights.view(actor, name, row);
      return document ? [{ ...document, _deleted: false }] : [];
    });
    const gone = lost.get(name) ?? [];
    lost.delete(name);
    if (visible.length + gone.length > 0) tell(told, name, takes, [visible, gone]);
  }
  for (const [name, gone] of lost) tell(told, name, takes, [[], gone]);
  return told;
}

// eslint-disable-next-line max-params -- a step of changesFor
function tell(
  told: Told,
  name: string,
  takes: ReadonlySet<string>,
  [visible, gone]: readonly [Pulled[], readonly Removal[]],
): void {
  told.collections.push(name);
  const removed = gone.flatMap(({ document: id, seq }): Pulled[] =>
    id === null ? [] : [{ id, seq: Number(seq), _deleted: true }],
  );
  if (!takes.has(name) || removed.length < gone.length) return;
  told.changes[name] = [...visible, ...removed].sort((a, b) => Number(a['seq']) - Number(b['seq']));
}

/** The changed documents. If they are too many or too large, only the values that decide who may read them. */
async function changesOf(
  server: SyncServer,
  collection: Collection,
  { after, until }: Range,
): Promise<Changed> {
  const rows = await rawRows<object>(modelOf(server, collection), {
    where: { seq: { [Op.gt]: after, [Op.lte]: until } },
    order: [['seq', 'ASC']],
    limit: mostRows + 1,
  });
  const bytes = rows.reduce((sum, row) => sum + sizeOf(row), 0);
  if (rows.length <= mostRows && bytes <= mostBytes)
    return { collection, rows: rows.map((row) => toDocument(collection, row) as Fields) };
  return { collection, scopes: await changedScopes(server, collection, { after, until }) };
}

/** The distinct values, in the changed rows, of the fields that decide who may read them. */
async function changedScopes(
  server: SyncServer,
  collection: Collection,
  { after, until }: Range,
): Promise<Fields[]> {
  const columns = Object.keys(modelOf(server, collection).getAttributes());
  const fields = server.sync.rights.scopeFields(collection.name).filter((field) => columns.includes(field));
  const selected = fields.map((field) => `\`${field}\``).join(', ') || '1';
  return server.db.query<Fields>(
    `SELECT DISTINCT ${selected} FROM ${storageNameOf(collection)} WHERE seq > ? AND seq <= ?`,
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}

/** The names of the collections in which a document was written. */
async function namesOfChanged(server: SyncServer, range: Range): Promise<string[]> {
  const queries = Object.values(server.sync.collections).map(
    (collection) =>
      `SELECT '${collection.name}' AS name FROM DUAL WHERE EXISTS
       (SELECT 1 FROM ${storageNameOf(collection)} WHERE seq > :after AND seq <= :until)`,
  );
  const rows = await server.db.query<{ name: string }>(queries.join(' UNION ALL '), {
    replacements: range,
    type: QueryTypes.SELECT,
  });
  return rows.map(({ name }) => name);
}

/** More removals are only named, by collection and audience. */
const mostRemovals = 500;

async function removalsBetween(server: SyncServer, { after, until }: Range): Promise<Removal[]> {
  const rows = await server.db.query<Removal>(
    'SELECT collection, document, audience, seq FROM removals WHERE seq > ? AND seq <= ? ORDER BY seq LIMIT ?',
    { replacements: [after, until, mostRemovals + 1], type: QueryTypes.SELECT },
  );
  if (rows.length <= mostRemovals) return rows;
  return server.db.query<Removal>(
    'SELECT DISTINCT collection, audience, NULL AS document FROM removals WHERE seq > ? AND seq <= ?',
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}
