import { Op, type WhereOptions } from 'sequelize';
import { pauseOf } from './pause.ts';
import { findRow } from '../models/rows.ts';
import type { Server } from '../context.ts';

/** E-mails whose time has come, and those whose worker went away with them. */
export function due(now: number): WhereOptions {
  return {
    [Op.or]: [
      { state: 'scheduled', notBefore: { [Op.lte]: now } },
      { state: 'sending', claimedUntil: { [Op.lt]: now } },
    ],
  };
}

/** True where at least one e-mail is due. Asked by the scheduler, which is not to load what writes and sends. */
export async function emailsDue(server: Server): Promise<boolean> {
  const pause = await pauseOf(server);
  if (pause && pause.until > server.now()) return false;
  const found = await findRow(server.models.outbox, {
    attributes: ['id'],
    where: due(server.now()),
  });
  return found !== null;
}
