import { QueryTypes } from 'sequelize';
import { pullOnce } from '../setting/wire-client.ts';
import type { Backlog } from './backlog.ts';
import type { Server } from '../../server/context.ts';

/** How many of the ids the server has not, or does not give back to the replica that wrote them. */
export async function lostOf(server: Server, backlogs: readonly Backlog[], since: number): Promise<number> {
  const ids = backlogs.flatMap(({ rows }) => rows.map(({ next }) => next.id));
  const rows = await server.db.query<{ id: string }>('SELECT id FROM messages WHERE id IN (?)', {
    replacements: [ids],
    type: QueryTypes.SELECT,
  });
  const stored = new Set(rows.map(({ id }) => id));
  let lost = 0;
  for (const { api, person, rows: mine } of backlogs) {
    const seen = new Set<string>();
    for (let from = since; ;) {
      const { documents, checkpoint } = await pullOnce(api, {
        collection: 'messages',
        person: person.id,
        since: from,
      });
      for (const { id } of documents) seen.add(id);
      if (documents.length === 0) break;
      from = checkpoint.seq;
    }
    lost += mine.filter(({ next: { id } }) => !stored.has(id) || !seen.has(id)).length;
  }
  return lost;
}

/** Answers that are there more than once, told by their texts, which are all different. */
export async function doubledOf(server: Server, word: string): Promise<number> {
  const rows = await server.db.query<{ n: string }>(
    'SELECT COUNT(*) - COUNT(DISTINCT body) AS n FROM messages WHERE body LIKE ?',
    { replacements: [`${word} %`], type: QueryTypes.SELECT },
  );
  return Number(rows[0]?.n);
}

/** What a second push of the same must leave as it is: every document, audit line and e-mail, and the counters. */
export async function stateOf(server: Server): Promise<Record<string, string>> {
  const state: Record<string, string> = {};
  for (const table of ['messages', 'tickets', 'audit', 'counters', 'removals']) {
    const rows = await server.db.query<{ Checksum: string }>(`CHECKSUM TABLE ${table}`, {
      type: QueryTypes.SELECT,
    });
    state[table] = String(rows[0]?.Checksum);
  }
  // Its e-mails are under way meanwhile: their states change, their number must not.
  state['outbox'] = String(await server.models.outbox.count());
  return state;
}

export function differences(before: Record<string, string>, after: Record<string, string>): string[] {
  return Object.keys(before).filter((name) => before[name] !== after[name]);
}
