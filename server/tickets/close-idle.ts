import { Op } from 'sequelize';
import { activityAt } from '#shared/tickets/new-ticket.ts';
import { findIds } from '#sync/server/row.ts';
import { dedupeKeyOf } from '../email/outbox.ts';
import { findRow } from '../models/rows.ts';
import { notify } from '../people/notify.ts';
import { aboutTicket } from './about-ticket.ts';
import { settings } from '../settings/settings.ts';
import { type Server, transact, jobWriter } from '../context.ts';
import { people } from '#shared/people/schema.ts';
import { tickets } from '#shared/tickets/schema.ts';

const dayMs = 86_400_000;

/**
 * Warns the clients of idle tickets and later closes the tickets. There is one warning e-mail for each idle period (the
 * e-mail is keyed by the start of the period). A ticket is closed only if its warning is old enough, even if the job
 * missed some days. A second run on the same day does nothing.
 *
 * @returns how many clients were warned and how many tickets were closed
 */
export async function closeIdle(server: Server): Promise<{ warned: number; closed: number }> {
  const { closeAfterDays, closeWarningDays } = await settings(server);
  const counts = { warned: 0, closed: 0 };
  if (closeAfterDays === 0) return counts;
  const warnAfter = Math.max(0, closeAfterDays - closeWarningDays) * dayMs;
  const idle = await findIds(server, tickets, {
    where: { status: 'open', waitingFor: 'client', lastActivityAt: { [Op.lte]: server.now() - warnAfter } },
  });
  for (const id of idle) {
    const writer = jobWriter(server, 'close-idle');
    const { result } = await transact(server, writer, async (tx) => {
      const ticket = await tx.load(tickets, id);
      const isIdle = ticket?.status === 'open' && ticket.waitingFor === 'client';
      if (!ticket || !isIdle || tx.now - ticket.lastActivityAt < warnAfter) return null;
      const idleSince = ticket.lastActivityAt;
      const payload = { ...(await aboutTicket(tx, ticket)), idleSince };
      const email = {
        kind: 'ticket-closing-soon',
        document: id,
        event: `idle since ${idleSince}`,
        payload,
      } as const;
      const warning = await findRow(tx.server.models.outbox, {
        where: { dedupeKey: dedupeKeyOf(email) },
        transaction: tx.transaction,
      });
      const isReachable = (await tx.read(people, ticket.client))?.status !== 'disabled';
      if (!warning && isReachable) {
        await notify(tx, ticket.client, email);
        return 'warned' as const;
      }
      const msSinceWarning = warning ? tx.now - warning.createdAt : Infinity;
      if (
        tx.now - ticket.lastActivityAt < closeAfterDays * dayMs ||
        msSinceWarning < closeWarningDays * dayMs
      ) {
        return null;
      }
      const closed = { status: 'closed' as const, closedAt: tx.now, closedBy: null };
      await tx.update(tickets, ticket, { ...closed, ...activityAt(tx.now) });
      return 'closed' as const;
    });
    if (result) counts[result] += 1;
  }
  return counts;
}
