import { Op, type WhereOptions } from 'sequelize';
import { pauseOf } from './pause.ts';
import { findRow } from '../models/rows.ts';
import type { Server } from '../context.ts';

/** The condition for due e-mails: scheduled ones whose time has come, and those whose claim has expired. */
export function due(now: number): WhereOptions {
  return {
    [Op.or]: [
      { state: 'scheduled', notBefore: { [Op.lte]: now } },
      { state: 'sending', claimedUntil: { [Op.lt]: now } },
    ],
  };
}

/** True if an e-mail is due. The scheduler calls this, so the code that renders and sends is not imported here. */
export async function emailsDue(server: Server): Promise<boolean> {
  const pause = await pauseOf(server);
  if (pause && pause.until > server.now()) return false;
  const found = await findRow(server.models.outbox, {
    attributes: ['id'],
    where: due(server.now()),
  });
  return found !== null;
}
