import { Op } from 'sequelize';
import type { CollectionName, Fields } from '#shared/collections/collections.ts';
import type { Actor } from '#shared/policy/actor.ts';
import { view } from '#shared/policy/scope.ts';
import type { PullRequest, PullResponse } from '#sync/wire.ts';
import type { Server } from '../context.ts';
import { toDocument } from './row.ts';
import { whereInScope } from './where.ts';

/**
 * The documents of the actor's scope that changed after a checkpoint, oldest change first.
 *
 * The counter row that gives `seq` is taken last in every writing transaction and held until its commit, so whoever
 * sees seq n sees every smaller one: a checkpoint never passes a row that is still to come. One SELECT is one snapshot.
 */
export async function pull(server: Server, actor: Actor, request: PullRequest): Promise<PullResponse> {
  const { collection, since, limit } = request;
  const where = whereInScope(actor, collection);
  if (where === null) return { documents: [], checkpoint: { seq: since } };
  const rows = await server.models[collection].findAll({
    where: { [Op.and]: [where, { seq: { [Op.gt]: since } }] },
    order: [['seq', 'ASC']],
    limit,
    raw: true,
  });
  const documents = rows.map((row) => seen(actor, collection, row));
  return { documents, checkpoint: { seq: Number(documents.at(-1)?.['seq'] ?? since) } };
}

function seen(actor: Actor, collection: CollectionName, row: object): Fields & { _deleted: boolean } {
  const document = view(actor, collection, toDocument(collection, row));
  // The WHERE and the view read the same table of rights; a row between them would be a defect, not a refusal.
  if (!document) throw new Error(`a row of ${collection} outside the scope was read`);
  return { ...document, _deleted: false };
}
