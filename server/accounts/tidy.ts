import { Op } from 'sequelize';
import type { Server } from '../context.ts';
import { inUnit } from '../documents/unit.ts';
import { toDocument } from '../documents/row.ts';
import { removeAccount } from './manage-people.ts';
import { idleMs, longestMs } from './session-store.ts';

const day = 86_400_000;
/** An account whose address nobody proved goes after a week. */
const unverifiedMs = 7 * day;

/** Deletes what is over: accounts never verified, sessions, tokens and counts of tries that are too old to matter. */
export async function tidy(server: Server): Promise<{ accounts: number }> {
  const now = server.now();
  const { models } = server;
  const rows = await models.people.findAll({
    where: { status: 'unverified', createdAt: { [Op.lt]: now - unverifiedMs } },
    raw: true,
  });
  let accounts = 0;
  for (const { id } of rows.map((row) => toDocument('people', row))) {
    const writer = { actor: null, device: 'tidy', writtenAt: now };
    await inUnit(server, writer, async (unit) => {
      const person = await unit.load('people', id);
      if (person?.status !== 'unverified') return; // verified meanwhile
      await removeAccount(unit, person);
      accounts += 1;
    });
  }
  await models.sessions.destroy({
    where: { [Op.or]: [{ createdAt: { [Op.lt]: now - longestMs } }, { seenAt: { [Op.lt]: now - idleMs } }] },
  });
  await models.tokens.destroy({ where: { expiresAt: { [Op.lt]: now - 7 * day } } });
  await models.throttles.destroy({ where: { since: { [Op.lt]: now - day } } });
  return { accounts };
}
