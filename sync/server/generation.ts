import { QueryTypes } from 'sequelize';
import type { Reset } from '../protocol.ts';
import type { SyncServer } from './context.ts';

/*
 * A checkpoint is a number of the counter `sync`, and it means something only within one history. A database that was
 * restored from a backup gives out numbers again that replicas have seen already. So each restore begins a generation,
 * and a checkpoint names the generation that it belongs to.
 */

/** Where the server is: the last number of the counter that orders all changes, and the history that it belongs to. */
export type Position = { head: number; generation: string };

/** The server's position. Both are read by one statement, so they belong together. */
export async function positionOf(server: Pick<SyncServer, 'db'>): Promise<Position> {
  const [row] = await server.db.query<{ head: string; generation: string }>(
    `SELECT value AS head, (SELECT id FROM generations ORDER BY number DESC LIMIT 1) AS generation
     FROM counters WHERE name = 'sync'`,
    { type: QueryTypes.SELECT },
  );
  return { head: Number(row?.head ?? 0), generation: row?.generation ?? '' };
}

/**
 * Tells a replica whose checkpoint belongs to another history to compare itself with the server. Null: its checkpoint is
 * fine. A checkpoint above the head is of another history even if nobody has begun a generation after the restore.
 *
 * @param known the generation and the seq that the replica has; no generation: it has none yet
 */
export async function resetFor(
  server: SyncServer,
  known: { generation?: string | undefined; since: number },
  { head, generation }: Position,
): Promise<Reset | null> {
  const isCurrent = known.generation === undefined || known.generation === generation;
  if (isCurrent && known.since <= head) return null;
  return { reset: 'restored', from: isCurrent ? head : await divergence(server, known.generation) };
}

/** The last number that both the current history and an earlier one share. */
async function divergence(server: SyncServer, generation: string | undefined): Promise<number> {
  const [row] = await server.db.query<{ seq: string | null }>(
    `SELECT MIN(from_seq) AS seq FROM generations
     WHERE number > COALESCE((SELECT number FROM generations WHERE id = ?), 1)`,
    { replacements: [generation], type: QueryTypes.SELECT },
  );
  return Number(row?.seq ?? 0);
}

/**
 * Begins a new history at the current number. Called once after the database was restored.
 *
 * @returns the position at which it begins
 */
export async function beginGeneration(server: Pick<SyncServer, 'db' | 'newId' | 'now'>): Promise<Position> {
  const { head } = await positionOf(server);
  const generation = server.newId();
  await server.db.query(
    `INSERT INTO generations (id, number, from_seq, made_at)
     SELECT ?, MAX(number) + 1, ?, ? FROM generations`,
    { replacements: [generation, head, server.now()] },
  );
  return { head, generation };
}
