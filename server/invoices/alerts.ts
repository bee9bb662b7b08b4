import type { Held } from '#shared/billing/charges.ts';
import { daysBetween, type Day } from '#shared/billing/day.ts';
import type { Server } from '../context.ts';
import { inTransactionAs } from '#sync/server/transaction.ts';
import { queueEmail, queueEmailTo, queueEmailToAdmins } from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';
import type { ClockBehind } from './next-number.ts';

/** What a run could not do is told once a day: the day is part of the e-mail's key. */

const stepOf = (day: Day) => daysBetween('2026-01-01', day);
const writerOf = (server: Server) => ({ actor: null, device: 'make-invoices', writtenAt: server.now() });

/** A client's charges wait for a billing identity: the client and accounting are told. */
export async function notifyOfMissingDetails(server: Server, client: string, today: Day): Promise<void> {
  await inTransactionAs(server, writerOf(server), async (tx) => {
    const email = { kind: 'identity-missing' as const, document: client, step: stepOf(today) };
    await queueEmailTo(tx, client, email);
    const { accountingList } = await settings(server, tx.transaction);
    await queueEmail(tx, { ...email, recipient: accountingList });
  });
}

/** Orders that would be charged too often are held: the admins are told. */
export async function notifyOfHeldOrders(server: Server, held: readonly Held[], today: Day): Promise<void> {
  if (held.length === 0) return;
  await inTransactionAs(server, writerOf(server), async (tx) => {
    for (const { order } of held) {
      await queueEmailToAdmins(tx, { kind: 'billing-held', document: order, step: stepOf(today) });
    }
  });
}

/** The clock is behind: the admins are told. */
export async function notifyOfClock(server: Server, { today, last }: ClockBehind): Promise<void> {
  await inTransactionAs(server, writerOf(server), async (tx) => {
    await queueEmailToAdmins(tx, { kind: 'clock-behind', document: `${today} ${last}` });
  });
}
