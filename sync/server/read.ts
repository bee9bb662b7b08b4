import { Op, type WhereOptions } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { audiencesWith } from '#shared/engine/scope.ts';
import type { FirstPage, FirstRequest, PokesRequest, Pulled, PullRequest, PullResponse } from '../protocol.ts';
import { modelOf, type SyncServer } from './context.ts';
import { collectionNamed } from './push.ts';
import { toDocument } from './row.ts';
import { whereInScope } from './scope-where.ts';
import { headOf } from './seq.ts';

/**
 * The documents of the actor's scope that changed after a checkpoint, and those that left it (as deleted), oldest
 * change first.
 *
 * The counter row that gives `seq` is taken last in every writing transaction and held until its commit. Whoever reads
 * its value n sees every row up to n, whatever commits meanwhile. Both lists end there, so a checkpoint never passes a
 * row that is still to come.
 */
export async function pull(server: SyncServer, actor: Actor, request: PullRequest): Promise<PullResponse> {
  const { since, limit } = request;
  const collection = collectionNamed(server, request.collection);
  const where = whereInScope(server, actor, collection);
  if (where === null) return { documents: [], checkpoint: { seq: since } };
  const head = await headOf(server);
  const rows = await modelOf(server, collection).findAll({
    where: { [Op.and]: [where, { seq: { [Op.gt]: since, [Op.lte]: head } }] },
    order: [['seq', 'ASC']],
    limit,
    raw: true,
  });
  const found = rows.map((row) => seen(server, actor, { collection, row }));
  // Behind a full batch nothing is answered yet: what was lost after its last row comes with the next.
  const until = found.length < limit ? head : Number(found.at(-1)?.['seq']);
  const removed = await removalsFor(server, actor, { collection, since, limit, head: until });
  const changes = [...found, ...removed].sort((a, b) => Number(a['seq']) - Number(b['seq']));
  // No document is in both lists: who gets one back is no longer told that it was lost (seq.ts).
  const documents = changes.slice(0, limit);
  return { documents, checkpoint: { seq: Number(documents.at(-1)?.['seq'] ?? since) } };
}

/** The collections in which something changed for the actor since their replica's checkpoints. */
export async function newsFor(
  server: SyncServer,
  { actor, since }: { actor: Actor; since: PokesRequest['since'] },
): Promise<string[]> {
  const head = await headOf(server);
  const news = await Promise.all(
    Object.entries(since).map(async ([name, after]) => {
      const collection = collectionNamed(server, name);
      const where = whereInScope(server, actor, collection);
      if (where === null || after >= head) return [];
      const row = await modelOf(server, collection).findOne({
        attributes: ['id'],
        where: { [Op.and]: [where, { seq: { [Op.gt]: after, [Op.lte]: head } }] },
        raw: true,
      });
      const lost = row ? [] : await removalsFor(server, actor, { collection, since: after, limit: 1, head });
      return row || lost.length > 0 ? [name] : [];
    }),
  );
  return news.flat();
}

/**
 * A page of what a new device gets: the newest documents first, the foremost before the others. All pages are of
 * documents as they were at `head`, which is read before the first page. What changes later gets a higher seq, so it is
 * not in them and comes by pulls from `head` on. A first pull can be broken off and go on anywhere.
 */
export async function firstPage(
  server: SyncServer,
  actor: Actor,
  { cursor, limit, ...request }: FirstRequest,
): Promise<FirstPage> {
  const collection = collectionNamed(server, request.collection);
  const head = cursor?.head ?? (await headOf(server));
  const scope = whereInScope(server, actor, collection);
  if (scope === null) return { documents: [], head, next: null, total: 0 };
  const model = modelOf(server, collection);
  const total = cursor ? null : await model.count({ where: scope });
  const parts = partsOf(collection);
  const documents: Pulled[] = [];
  let { part, before } = cursor ?? { part: 0, before: head + 1 };
  while (part < parts.length && documents.length < limit) {
    const missing = limit - documents.length;
    const rows = await model.findAll({
      where: { [Op.and]: [scope, parts[part] ?? {}, { seq: { [Op.lt]: before } }] },
      order: [['seq', 'DESC']],
      limit: missing,
      raw: true,
    });
    documents.push(...rows.map((row) => seen(server, actor, { collection, row })));
    if (rows.length === missing) {
      before = Number(documents.at(-1)?.['seq']);
    } else {
      part += 1;
      before = head + 1;
    }
  }
  return { documents, head, next: part < parts.length ? { head, part, before } : null, total };
}

/** The foremost documents of a collection and the others, as conditions. One part where there is no difference. */
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
  const rows = await server.models.removals.findAll({
    where: {
      collection: collection.name,
      audience: audiencesWith(actor),
      seq: { [Op.gt]: since, [Op.lte]: head },
    },
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

function seen(
  server: SyncServer,
  actor: Actor,
  { collection, row }: { collection: Collection; row: object },
): Fields & { _deleted: boolean } {
  const document = toDocument(collection, row) as Fields;
  const visible = server.sync.rights.view(actor, collection.name, document);
  // The WHERE and the view read the same table of rights. A row between them would be a defect, not a refusal.
  if (!visible) throw new Error(`a row of ${collection.name} outside the scope was read`);
  return { ...visible, _deleted: false };
}
