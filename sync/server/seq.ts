import { modelOf, type Change, type Tx } from './context.ts';

/**
 * Assigns a seq to each written row, and adds a removal for each audience that lost a document. Each row needs its own
 * seq, because a pull would skip a row that shares its seq with the last row of a batch. The counter row is taken last
 * in the transaction, so that it is locked only for these updates and the commit. Measured with 16 concurrent writers:
 * pulls by `updatedAt > x` and by an auto-increment lost rows, but with the counter taken last they lost none.
 *
 * @returns the new seq of each document, by id
 */
export async function assignSeqs(tx: Tx, changes: readonly Change[]): Promise<Map<string, number>> {
  const { audiencesOf } = tx.server.sync.rights;
  const rows = mergeChanges(changes);
  const lost = rows.flatMap(({ collection, before, after, removed }) => {
    const still = removed ? new Set<string>() : audiencesOf(collection.name, after);
    const had = before ? [...audiencesOf(collection.name, before)] : [];
    return had
      .filter((audience) => !still.has(audience))
      .map((audience) => ({ collection: collection.name, document: after.id, audience }));
  });
  const kept = rows.filter(({ removed }) => !removed);
  for (const change of kept) await deleteObsoleteRemovals(tx, change);
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

/** Merges the changes of each document into one, from its state before the transaction to its state at the end. */
function mergeChanges(changes: readonly Change[]): Change[] {
  const rows = new Map<string, Change>();
  for (const change of changes) {
    const key = `${change.collection.name} ${change.after.id}`;
    const earlier = rows.get(key);
    rows.set(key, earlier ? { ...change, before: earlier.before } : change);
  }
  return [...rows.values()];
}

/** Deletes the removals of audiences that have regained the document. */
async function deleteObsoleteRemovals(tx: Tx, { collection, before, after }: Change): Promise<void> {
  if (!before) return;
  const { audiencesOf } = tx.server.sync.rights;
  const had = audiencesOf(collection.name, before);
  const gained = [...audiencesOf(collection.name, after)].filter((audience) => !had.has(audience));
  if (gained.length === 0) return;
  const where = { collection: collection.name, document: after.id, audience: gained };
  await tx.server.models.removals.destroy({ where, transaction: tx.transaction });
}
