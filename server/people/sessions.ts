import { Op, QueryTypes } from 'sequelize';
import { idleMs, longestMs } from './session-store.ts';
import type { Server, Tx } from '../context.ts';
import { findRows } from '../models/rows.ts';
import type { OwnSession } from '#shared/people/api.ts';

/** Returns the sessions of a person that still give rights, latest use first. */
export async function sessionsOf(server: Server, person: string, current: string): Promise<OwnSession[]> {
  const now = server.now();
  const rows = await findRows(server.models.sessions, {
    where: {
      person,
      ended: null,
      createdAt: { [Op.gt]: now - longestMs },
      seenAt: { [Op.gt]: now - idleMs },
    },
    order: [['seenAt', 'DESC']],
  });
  return rows.map(({ id, idHash, agent, createdAt, seenAt }) => ({
    id,
    agent,
    createdAt,
    seenAt,
    current: idHash === current,
  }));
}

/**
 * Ends sessions of a person, and their live streams on every server (the access counter makes the servers check). The
 * rows stay, without rights, so that each device can still learn later that it must delete its replica.
 *
 * @param options `only`: only these sessions; `except`: all but this one; default: all. `why`: 'disabled' or 'removed';
 *   default: 'ended'
 * @returns the number of sessions that were ended
 */
export async function endSessions(
  tx: Tx,
  person: string,
  {
    only,
    except,
    why,
  }: { only?: readonly string[]; except?: string | null; why?: 'disabled' | 'removed' } = {},
): Promise<number> {
  const { models } = tx.server;
  const { transaction } = tx;
  const where = {
    person,
    ended: null,
    ...(only ? { id: [...only] } : {}),
    ...(except ? { idHash: { [Op.ne]: except } } : {}),
  };
  const [ended] = await models.sessions.update({ ended: why ?? 'ended' }, { where, transaction });
  await tx.count('access');
  return ended;
}

/** Returns the role that each of these sessions gives now. Sessions that have ended are missing. */
export async function rolesOf(
  { db }: Pick<Server, 'db'>,
  sessions: readonly string[],
): Promise<Map<string, string>> {
  if (sessions.length === 0) return new Map();
  const rows = await db.query<{ session: string; role: string }>(
    `SELECT s.id_hash AS session, p.role FROM sessions s JOIN people p ON p.id = s.person
     WHERE s.id_hash IN (?) AND s.ended IS NULL AND p.status = 'verified'`,
    { replacements: [sessions], type: QueryTypes.SELECT },
  );
  return new Map(rows.map(({ session, role }) => [session, role]));
}
