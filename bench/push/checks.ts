import { QueryTypes } from 'sequelize';
import { pullOnce } from '../setting/wire-client.ts';
import type { Backlog } from './backlog.ts';
import type { Server } from '../../server/context.ts';

/** Counts the answers that the server does not have, or does not return to the replica that wrote them. */
export async function lostOf(server: Server, backlogs: readonly Backlog[], since: number): Promise<number> {
  const ids = backlogs.flatMap(({ rows }) => rows.map(({ next }) => next.id));
  const rows = await server.db.query<{ id: string }>('SELECT id FROM messages WHERE id IN (?)', {
    replacements: [ids],
    type: QueryTypes.SELECT,
  });
  const stored = new Set(rows.map(({ id }) => id));
  let lost = 0;
  for (const { api, person, rows: mine } of backlogs) {
    const pulled = new Set<string>();
    for (let from = since; ;) {
      const { documents, checkpoint } = await pullOnce(api, {
        collection: 'messages',
        person: person.id,
        since: from,
      });
      for (const { id } of documents) pulled.add(id);
      if (documents.length === 0) break;
      from = checkpoint.seq;
    }
    lost += mine.filter(({ next: { id } }) => !stored.has(id) || !pulled.has(id)).length;
  }
  return lost;
}

/** Counts the answers stored more than once. They are recognised by their texts, which are all different. */
export async function doubledOf(server: Server, word: string): Promise<number> {
  const rows = await server.db.query<{ n: string }>(
    'SELECT COUNT(*) - COUNT(DISTINCT body) AS n FROM messages WHERE body LIKE ?',
    { replacements: [`${word} %`], type: QueryTypes.SELECT },
  );
  return Number(rows[0]?.n);
}

/**
 * The state that a second push of the same rows must not change: every document, audit line and e-mail, and
 * the counters.
 */
export async function stateOf(server: Server): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const table of ['messages', 'tickets', 'audit', 'counters', 'removals']) {
    const rows = await server.db.query<{ Checksum: string }>(`CHECKSUM TABLE ${table}`, {
      type: QueryTypes.SELECT,
    });
    state[table] = String(rows[0]?.Checksum);
  }
  // E-mails are being delivered meanwhile: their states may change, but not their number.
  state['outbox'] = String(await server.models.outbox.count());
  return state;
}

export function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}
