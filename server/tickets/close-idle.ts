import { Op } from 'sequelize';
import type { Server } from '../context.ts';
import { activity } from './derive-ticket.ts';
import { inTransactionAs } from '#sync/server/transaction.ts';
import { queueEmailTo } from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';

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
  const rows = await server.models.tickets.findAll({
    where: { status: 'open', waitingFor: 'client', lastActivityAt: { [Op.lte]: server.now() - warnAfter } },
    attributes: ['id'],
    raw: true,
  });
  for (const { id } of rows as unknown as { id: string }[]) {
    const writer = { actor: null, device: 'close-idle', writtenAt: server.now() };
    const { result } = await inTransactionAs(server, writer, async (tx) => {
      const ticket = await tx.load('tickets', id);
      const idle = ticket?.status === 'open' && ticket.waitingFor === 'client';
      if (!ticket || !idle || tx.now - ticket.lastActivityAt < warnAfter) return null;
      const email = { kind: 'ticket-closing-soon' as const, document: id, step: ticket.lastActivityAt };
      const told = await tx.server.models.outbox.findOne({
        attributes: ['createdAt'],
        where: { kind: email.kind, document: id, step: email.step },
        transaction: tx.transaction,
        raw: true,
      });
      const reachable = (await tx.load('people', ticket.client))?.status !== 'disabled';
      if (!told && reachable) {
        await queueEmailTo(tx, ticket.client, email);
        return 'warned' as const;
      }
      const since = told ? tx.now - Number((told as unknown as { createdAt: string }).createdAt) : Infinity;
      if (tx.now - ticket.lastActivityAt < closeAfterDays * dayMs || since < closeWarningDays * dayMs) {
        return null;
      }
      const closed = { status: 'closed' as const, closedAt: tx.now, closedBy: null };
      await tx.update('tickets', ticket, { ...closed, ...activity(tx.now) });
      return 'closed' as const;
    });
    if (result) done[result] += 1;
  }
  return done;
}
