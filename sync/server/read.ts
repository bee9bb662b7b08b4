import { Op, QueryTypes, type WhereOptions } from 'sequelize';
import { collectionOf, type CollectionName, type Fields } from '#shared/collections.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { audiencesWith, view } from '#shared/engine/scope.ts';
import type { FirstPage, FirstRequest, PokesRequest, Pulled, PullRequest, PullResponse } from '../protocol.ts';
import type { Server } from '../../server/context.ts';
import { toDocument } from './row.ts';
import { whereInScope } from './scope-where.ts';

/**
 * The documents of the actor's scope that changed after a checkpoint, and those that left it (as deleted), oldest
 * change first.
 *
 * The counter row that gives `seq` is taken last in every writing transaction and held until its commit, so whoever
 * reads its value n sees every row up to n, whatever commits meanwhile: both lists end there, and a checkpoint never
 * passes a row that is still to come.
 */
export async function pull(server: Server, actor: Actor, request: PullRequest): Promise<PullResponse> {
  const { collection, since, limit } = request;
  const where = whereInScope(actor, collection);
  if (where === null) return { documents: [], checkpoint: { seq: since } };
  const head = await headOf(server);
  const rows = await server.models[collection].findAll({
    where: { [Op.and]: [where, { seq: { [Op.gt]: since, [Op.lte]: head } }] },
    order: [['seq', 'ASC']],
    limit,
    raw: true,
  });
  // Behind a full batch nothing is answered yet: what was lost after its last row comes with the next.
  const until = rows.length < limit ? head : Number((rows.at(-1) as unknown as { seq: string }).seq);
  const removed = await removalsFor(server, actor, { ...request, head: until });
  const changes = [...rows.map((row) => seen(actor, collection, row)), ...removed].sort(
    (a, b) => Number(a['seq']) - Number(b['seq']),
  );
  // No document is in both: who gets one back is no longer told of its loss (unit.ts).
  const documents = changes.slice(0, limit);
  return { documents, checkpoint: { seq: Number(documents.at(-1)?.['seq'] ?? since) } };
}

/** The collections in which something changed, for the actor, after where their replica stands. */
export async function newsFor(
  server: Server,
  { actor, since }: { actor: Actor; since: PokesRequest['since'] },
): Promise<CollectionName[]> {
  const head = await headOf(server);
  const asked = Object.entries(since) as [CollectionName, number][]; // parsed: names of collections
  const news = await Promise.all(
    asked.map(async ([collection, after]) => {
      const where = whereInScope(actor, collection);
      if (where === null || after >= head) return [];
      const row = await server.models[collection].findOne({
        attributes: ['id'],
        where: { [Op.and]: [where, { seq: { [Op.gt]: after, [Op.lte]: head } }] },
        raw: true,
      });
      const lost = row ? [] : await removalsFor(server, actor, { collection, since: after, limit: 1, head });
      return row || lost.length > 0 ? [collection] : [];
    }),
  );
  return news.flat();
}

/**
 * A page of what a new device gets: the newest documents first, the foremost (open tickets) before the others. All
 * pages are of documents as they stood at `head`, which is read before the first: what changes later is not in them,
 * as it gets a higher seq, and comes by pulls from `head` on. So a first pull may be broken off and go on anywhere.
 */
export async function firstPage(
  server: Server,
  actor: Actor,
  { collection, cursor, limit }: FirstRequest,
): Promise<FirstPage> {
  const head = cursor?.head ?? (await headOf(server));
  const scope = whereInScope(actor, collection);
  if (scope === null) return { documents: [], head, next: null, total: 0 };
  const model = server.models[collection];
  const total = cursor ? null : await model.count({ where: scope });
  const parts = partsOf(collection);
  const rows: object[] = [];
  let { part, before } = cursor ?? { part: 0, before: head + 1 };
  while (part < parts.length && rows.length < limit) {
    const wanted = limit - rows.length;
    const found: object[] = await model.findAll({
      where: { [Op.and]: [scope, parts[part] ?? {}, { seq: { [Op.lt]: before } }] },
      order: [['seq', 'DESC']],
      limit: wanted,
      raw: true,
    });
    rows.push(...found);
    if (found.length === wanted) {
      before = Number((found.at(-1) as { seq: string }).seq); // every row has it
    } else {
      part += 1;
      before = head + 1;
    }
  }
  const documents = rows.map((row) => seen(actor, collection, row));
  return { documents, head, next: part < parts.length ? { head, part, before } : null, total };
}

/** The foremost documents of a collection and the others, as conditions; one part where there is no such difference. */
function partsOf(collection: CollectionName): WhereOptions[] {
  const { foremost } = collectionOf(collection);
  if (!foremost) return [{}];
  const only = Object.entries(foremost);
  return [
    Object.fromEntries(only.map(([field, values]) => [field, { [Op.in]: [...values] }])),
    { [Op.or]: only.map(([field, values]) => ({ [field]: { [Op.notIn]: [...values] } })) },
  ];
}

/** The value of the counter that orders all changes. */
export async function headOf(server: Server): Promise<number> {
  const rows = await server.db.query<{ value: string }>("SELECT value FROM counters WHERE name = 'sync'", {
    type: QueryTypes.SELECT,
  });
  return Number(rows[0]?.value ?? 0);
}

async function removalsFor(
  server: Server,
  actor: Actor,
  { collection, since, limit, head }: Omit<PullRequest, 'epoch'> & { head: number },
): Promise<Pulled[]> {
  const rows = await server.models.removals.findAll({
    where: { collection, audience: audiencesWith(actor), seq: { [Op.gt]: since, [Op.lte]: head } },
    order: [['seq', 'ASC']],
    limit,
    raw: true,
  });
  return (rows as unknown as { document: string; seq: string }[]).map(({ document, seq }) => ({
    id: document,
    seq: Number(seq),
    _deleted: true,
  }));
}

function seen(actor: Actor, collection: CollectionName, row: object): Fields & { _deleted: boolean } {
  const document = view(actor, collection, toDocument(collection, row));
  // The WHERE and the view read the same table of rights; a row between them would be a defect, not a refusal.
  if (!document) throw new Error(`a row of ${collection} outside the scope was read`);
  return { ...document, _deleted: false };
}
