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
 * Tickets that wait for their client: some days before they are closed the client is told, once for each time of
 * silence (the e-mail is keyed by when it began), and closed they are only when that e-mail is old enough, whatever
 * was missed between. Done again it finds nothing.
 *
 * @returns how many clients were told and how many tickets closed
 */
export async function closeIdle(server: Server): Promise<{ warned: number; closed: number }> {
  const { closeAfterDays, closeWarningDays } = await settings(server);
  const done = { warned: 0, closed: 0 };
  if (closeAfterDays === 0) return done;
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
      const told = await findRow(tx.server.models.outbox, {
        where: { dedupeKey: dedupeKeyOf(email) },
        transaction: tx.transaction,
      });
      const reachable = (await tx.load(people, ticket.client))?.status !== 'disabled';
      if (!told && reachable) {
        await notify(tx, ticket.client, email);
        return 'warned' as const;
      }
      const since = told ? tx.now - told.createdAt : Infinity;
      if (tx.now - ticket.lastActivityAt < closeAfterDays * dayMs || since < closeWarningDays * dayMs) {
        return null;
      }
      const closed = { status: 'closed' as const, closedAt: tx.now, closedBy: null };
      await tx.update(tickets, ticket, { ...closed, ...activityAt(tx.now) });
      return 'closed' as const;
    });
    if (result) done[result] += 1;
  }
  return done;
}
