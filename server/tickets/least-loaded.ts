import { isAdmin } from '#shared/people/role.ts';
import { Op } from 'sequelize';
import { people } from '#shared/people/schema.ts';
import { workersOf, type Queue } from '#shared/tickets/queues.ts';
import { tickets } from '#shared/tickets/schema.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';

/** Id of the available person of the queue's role with the fewest open tickets, else an admin. Null if there is nobody. */
export async function leastLoaded({ server, transaction }: Tx, queue: Queue): Promise<string | null> {
  for (const role of workersOf[queue]) {
    const available = isAdmin({ role }) ? {} : { available: true };
    const where = { role, status: 'verified', ...available };
    const ids = await findIds(server, people, { where, order: ['createdAt', 'id'], transaction });
    if (ids.length === 0) continue;
    const open = await findDocuments(server, tickets, {
      where: { status: 'open', assignee: { [Op.in]: ids } },
      transaction,
    });
    const load = (id: string) => open.filter(({ assignee }) => assignee === id).length;
    return ids.reduce((best, id) => (load(id) < load(best) ? id : best));
  }
  return null;
}
