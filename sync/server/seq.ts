import { QueryTypes } from 'sequelize';
import type { Collection } from '#shared/engine/collection.ts';
import { modelOf, type Change, type SyncServer, type Tx } from './context.ts';

/** The value of the counter that orders all changes. */
export async function headOf(server: SyncServer): Promise<number> {
  const rows = await server.db.query<{ value: string }>("SELECT value FROM counters WHERE name = 'sync'", {
    type: QueryTypes.SELECT,
  });
  return Number(rows[0]?.value ?? 0);
}

/**
 * Gives each written row its own seq and tells who lost a document (rows that shared a seq would be lost at the end of
 * a pull's batch). The counter row is taken last in the transaction, so it is locked only for these updates and the
 * commit. Measured with 16 writers at once: `updatedAt > x` and an auto-increment lost rows, the counter taken last
 * lost none.
 *
 * @returns the new seq of each document, by id
 */
export async function assignSeqs(tx: Tx, changes: readonly Change[]): Promise<Map<string, number>> {
  const { audiencesOf } = tx.server.sync.rights;
  const rows = wholeChanges(changes);
  const lost = rows.flatMap(({ collection, before, after, removed }) => {
    const still = removed ? new Set<string>() : audiencesOf(collection.name, after);
    const had = before ? [...audiencesOf(collection.name, before)] : [];
    return had
      .filter((audience) => !still.has(audience))
      .map((audience) => ({ collection: collection.name, document: after.id, audience }));
  });
  const kept = rows.filter(({ removed }) => !removed);
  for (const change of kept) await forgetRemovals(tx, change);
  const seqs = new Map<string, number>();
  if (kept.length + lost.length === 0) return seqs;
  const { models, newId } = tx.server;
  let seq = (await tx.count('sync', kept.length + lost.length)) - kept.length - lost.length;
  const removals = lost.map((each) => ({ ...each, id: newId(), seq: (seq += 1) }));
  if (removals.length > 0) await models.removals.bulkCreate(removals, { transaction: tx.transaction });
  for (const { collection, after } of kept) {
    seq += 1;
    seqs.set(after.id, seq);
    const where = { id: after.id };
    await modelOf(tx.server, collection).update({ seq }, { where, transaction: tx.transaction });
  }
  return seqs;
}

/** One change a document: from how it was before the transaction to how it is at its end. */
function wholeChanges(changes: readonly Change[]): Change[] {
  const rows = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.collection.name} ${change.after.id}`;
    const first = rows.get(key);
    rows.set(key, first ? { ...change, before: first.before } : change);
  }
  return [...rows.values()];
}

/** Who gets a document back is no longer told that it was lost. */
async function forgetRemovals(tx: Tx, { collection, before, after }: Change): Promise<void> {
  if (!before) return;
  const { audiencesOf } = tx.server.sync.rights;
  const had = audiencesOf(collection.name, before);
  const gained = [...audiencesOf(collection.name, after)].filter((audience) => !had.has(audience));
  if (gained.length === 0) return;
  const where = { collection: collection.name, document: after.id, audience: gained };
  await tx.server.models.removals.destroy({ where, transaction: tx.transaction });
}
