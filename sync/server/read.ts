import { Op, type WhereOptions } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { audiencesWith } from '#shared/engine/scope.ts';
import type {
  FirstPage,
  FirstRequest,
  PokesRequest,
  Pulled,
  PullRequest,
  PullResponse,
  Reset,
} from '../protocol.ts';
import { modelOf, type SyncServer } from './context.ts';
import { collectionNamed } from './push.ts';
import { rawRows, sizeOf, toDocument } from './row.ts';
import { whereInScope } from './scope-where.ts';
import { positionOf, resetFor, type Position } from './generation.ts';

/**
 * The documents in the actor's scope that changed after a checkpoint, and (as deleted) those that left the scope, oldest
 * change first.
 *
 * Every writing transaction takes the counter row `sync` last and holds it until its commit. A reader of the value n
 * therefore sees every row up to n, whatever is committed meanwhile. Neither list goes beyond n, so a checkpoint never
 * passes a row that is not committed yet.
 */
export async function pull(
  server: SyncServer,
  actor: Actor,
  { budget = { bytes: Infinity }, ...request }: PullRequest & { budget?: ByteBudget },
): Promise<PullResponse | Reset> {
  const { since, limit } = request;
  const collection = collectionNamed(server, request.collection);
  const position = await positionOf(server);
  const reset = await resetFor(server, request, position);
  if (reset) return reset;
  const { head, generation } = position;
  const where = whereInScope(server, actor, collection);
  if (where === null) return { documents: [], checkpoint: { seq: head, generation }, more: false };
  const { rows, more } = await rowsWithin(budget, limit, (last, count) =>
    rawRows<SeqRow>(modelOf(server, collection), {
      where: { [Op.and]: [where, { seq: { [Op.gt]: last ?? since, [Op.lte]: head } }] },
      order: [['seq', 'ASC']],
      limit: count,
    }),
  );
  const found = rows.map((row) => visibleDocument(server, actor, { collection, row }));
  // A batch that is cut off ends at its last row. Removals after that row come with the next batch.
  const until = more ? Number(found.at(-1)?.['seq'] ?? since) : head;
  const removed = await removalsFor(server, actor, { collection, since, limit, head: until });
  const changes = [...found, ...removed].sort((a, b) => Number(a['seq']) - Number(b['seq']));
  // No document is in both lists, because a removal is deleted when the document is regained (seq.ts).
  const documents = changes.slice(0, limit);
  const isMore = more || documents.length < changes.length || removed.length >= limit;
  // With nothing left, the replica has everything up to the head, and the live stream goes on from there.
  const seq = isMore ? Number(documents.at(-1)?.['seq'] ?? since) : Math.max(since, head);
  return { documents, checkpoint: { seq, generation }, more: isMore };
}

/**
 * The collections in which something changed for the actor since the checkpoints of their replica.
 *
 * @returns also the number up to which the others have not changed, and its history
 */
export async function changedCollectionsFor(
  server: SyncServer,
  { actor, since, generation }: { actor: Actor } & Pick<PokesRequest, 'since' | 'generation'>,
): Promise<Position & { names: string[] }> {
  const position = await positionOf(server);
  const { head } = position;
  const changed = await Promise.all(
    Object.entries(since).map(async ([name, after]) => {
      const collection = collectionNamed(server, name);
      if (await resetFor(server, { generation, since: after }, position)) return [name];
      const where = whereInScope(server, actor, collection);
      if (where === null || after === head) return [];
      const [row] = await rawRows(modelOf(server, collection), {
        attributes: ['id'],
        where: { [Op.and]: [where, { seq: { [Op.gt]: after, [Op.lte]: head } }] },
        limit: 1,
      });
      const lost = row ? [] : await removalsFor(server, actor, { collection, since: after, limit: 1, head });
      return row || lost.length > 0 ? [name] : [];
    }),
  );
  return { ...position, names: changed.flat() };
}

/**
 * A page of a new device's first pull: the foremost documents before the others, each part with the newest first. All
 * pages are limited to rows up to `head`, which is read before the first page. A document that changes later gets a
 * higher seq, so it comes by a pull from `head` on. A first pull can be interrupted and continued at any page.
 */
export async function firstPage(
  server: SyncServer,
  actor: Actor,
  { cursor, limit, budget = { bytes: Infinity }, ...request }: FirstRequest & { budget?: ByteBudget },
): Promise<FirstPage | Reset> {
  const collection = collectionNamed(server, request.collection);
  const position = await positionOf(server);
  const head = cursor?.head ?? position.head;
  const reset = await resetFor(server, { generation: request.generation, since: head }, position);
  if (reset) return reset;
  const { generation } = position;
  const scope = whereInScope(server, actor, collection);
  if (scope === null) return { documents: [], head, generation, next: null, total: 0 };
  const model = modelOf(server, collection);
  const total = cursor ? null : await model.count({ where: scope });
  const parts = partsOf(collection);
  const documents: Pulled[] = [];
  let { part, before } = cursor ?? { part: 0, before: head + 1 };
  while (part < parts.length && documents.length < limit) {
    const missing = limit - documents.length;
    const [condition, first] = [parts[part] ?? {}, before];
    const { rows, more } = await rowsWithin(budget, missing, (last, count) =>
      rawRows<SeqRow>(model, {
        where: { [Op.and]: [scope, condition, { seq: { [Op.lt]: last ?? first } }] },
        order: [['seq', 'DESC']],
        limit: count,
      }),
    );
    documents.push(...rows.map((row) => visibleDocument(server, actor, { collection, row })));
    if (more) {
      before = Number(rows.at(-1)?.seq ?? before);
      if (rows.length < missing) break; // the bytes are used up
    } else {
      part += 1;
      before = head + 1;
    }
  }
  return { documents, head, generation, next: part < parts.length ? { head, part, before } : null, total };
}

/** Bytes of documents that a request may still get. */
export type ByteBudget = { bytes: number };

type SeqRow = { seq: string };

/** Rows that are read before their size is known. One query is enough for an ordinary pull. */
const probeRows = 16;

/**
 * Reads rows up to a number and up to the bytes of a budget. Whoever finds some budget reads at least one row, so that every
 * request gets on. The size of the first rows tells how many more are read at once.
 *
 * @param read reads the rows that follow the row with this seq
 * @returns the rows, and whether there may be more
 */
async function rowsWithin(
  budget: ByteBudget,
  limit: number,
  read: (last: number | null, count: number) => Promise<SeqRow[]>,
): Promise<{ rows: SeqRow[]; more: boolean }> {
  const rows: SeqRow[] = [];
  if (budget.bytes <= 0) return { rows, more: true };
  let bytes = 0;
  for (let count = Math.min(limit, probeRows); ;) {
    const last = rows.at(-1)?.seq;
    const found = await read(last === undefined ? null : Number(last), count);
    for (const row of found) {
      const size = sizeOf(row);
      if (rows.length > 0 && size > budget.bytes) return { rows, more: true };
      budget.bytes -= size;
      bytes += size;
      rows.push(row);
    }
    if (found.length < count) return { rows, more: false };
    const left = limit - rows.length;
    const fits = Math.floor(budget.bytes / (bytes / rows.length));
    if (left === 0 || fits < 1) return { rows, more: true };
    count = Math.min(left, fits);
  }
}

/** Conditions for the foremost documents and for the others. A collection without foremost documents has one part. */
function partsOf({ foremost }: Collection): WhereOptions[] {
  if (!foremost) return [{}];
  const only = Object.entries(foremost);
  return [
    Object.fromEntries(only.map(([field, values]) => [field, { [Op.in]: [...values] }])),
    { [Op.or]: only.map(([field, values]) => ({ [field]: { [Op.notIn]: [...values] } })) },
  ];
}

async function removalsFor(
  server: SyncServer,
  actor: Actor,
  { collection, since, limit, head }: { collection: Collection; since: number; limit: number; head: number },
): Promise<Pulled[]> {
  const rows = await rawRows<{ document: string; seq: string }>(server.models.removals, {
    where: {
      collection: collection.name,
      audience: audiencesWith(actor),
      seq: { [Op.gt]: since, [Op.lte]: head },
    },
    order: [['seq', 'ASC']],
    limit,
  });
  return rows.map(({ document, seq }) => ({ id: document, seq: Number(seq), _deleted: true }));
}

function visibleDocument(
  server: SyncServer,
  actor: Actor,
  { collection, row }: { collection: Collection; row: object },
): Fields & { _deleted: boolean } {
  const document = toDocument(collection, row) as Fields;
  const visible = server.sync.rights.view(actor, collection.name, document);
  // The WHERE condition and the view use the same table of rights, so a difference is a defect and not a refusal.
  if (!visible) throw new Error(`a row of ${collection.name} outside the scope was read`);
  return { ...visible, _deleted: false };
}
