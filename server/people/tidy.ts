import { Op, QueryTypes } from 'sequelize';
import { removeAccount } from './manage-people.ts';
import { idleMs, longestMs } from './session-store.ts';
import { lifetimes } from './tokens.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { people } from '#shared/people/schema.ts';

const day = 86_400_000;
/** An account whose address was never verified is deleted after a week. */
const unverifiedMs = 7 * day;
/** How long a device without a session can still learn that its account is over. */
const endedMs = 400 * day;

/** Deletes accounts that were never verified and have no valid link, and old sessions, tokens and counters of tries. */
export async function tidy(server: Server): Promise<{ accounts: number }> {
  const now = server.now();
  const { models } = server;
  const rows = await server.db.query<{ id: string }>(
    `SELECT p.id FROM people p WHERE p.status = 'unverified' AND p.created_at < ?
       AND NOT EXISTS (SELECT 1 FROM registrations r WHERE r.person = p.id AND r.created_at > ?)
       AND NOT EXISTS (SELECT 1 FROM tokens t WHERE t.person = p.id AND t.used_at IS NULL AND t.expires_at > ?)`,
    { replacements: [now - unverifiedMs, now - lifetimes.verify, now], type: QueryTypes.SELECT },
  );
  let accounts = 0;
  for (const { id } of rows) {
    const writer = jobWriter(server, 'tidy');
    try {
      await transact(server, writer, async (tx) => {
        const person = await tx.load(people, id);
        if (person?.status !== 'unverified') return; // verified meanwhile
        await removeAccount(tx, person);
        accounts += 1;
      });
    } catch (error) {
      server.log.warn({ person: id, error }, 'an account that was never verified could not be removed');
    }
  }
  await models.sessions.destroy({
    where: {
      ended: null,
      [Op.or]: [{ createdAt: { [Op.lt]: now - longestMs } }, { seenAt: { [Op.lt]: now - idleMs } }],
    },
  });
  await models.sessions.destroy({ where: { ended: { [Op.ne]: null }, seenAt: { [Op.lt]: now - endedMs } } });
  await models.tokens.destroy({ where: { expiresAt: { [Op.lt]: now - 7 * day } } });
  await models.throttles.destroy({ where: { since: { [Op.lt]: now - day } } });
  return { accounts };
}
