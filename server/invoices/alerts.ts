import type { Held } from '#shared/billing/charges.ts';
import { daysBetween, type Day } from '#shared/billing/day.ts';
import type { Server } from '../context.ts';
import { inUnit } from '#sync/server/transaction.ts';
import { queueLetter, queueLetterTo, queueLetterToAdmins } from '../email/outbox.ts';
import { settings } from '../settings/settings.ts';
import type { ClockBehind } from './next-number.ts';

/** What a run could not do is told once a day: the day is part of the letter's key. */

const stepOf = (day: Day) => daysBetween('2026-01-01', day);
const writerOf = (server: Server) => ({ actor: null, device: 'make-invoices', writtenAt: server.now() });

/** A client's charges wait for a billing identity: the client and accounting are told. */
export async function tellOfMissing(server: Server, client: string, today: Day): Promise<void> {
  await inUnit(server, writerOf(server), async (tx) => {
    const letter = { kind: 'identity-missing' as const, document: client, step: stepOf(today) };
    await queueLetterTo(tx, client, letter);
    const { accountingList } = await settings(server, tx.transaction);
    await queueLetter(tx, { ...letter, recipient: accountingList });
  });
}

/** Orders that would be charged too often are held: the admins are told. */
export async function tellOfHeld(server: Server, held: readonly Held[], today: Day): Promise<void> {
  if (held.length === 0) return;
  await inUnit(server, writerOf(server), async (tx) => {
    for (const { order } of held) {
      await queueLetterToAdmins(tx, { kind: 'billing-held', document: order, step: stepOf(today) });
    }
  });
}

/** The clock is behind: the admins are told. */
export async function tellOfClock(server: Server, { today, last }: ClockBehind): Promise<void> {
  await inUnit(server, writerOf(server), async (tx) => {
    await queueLetterToAdmins(tx, { kind: 'clock-behind', document: `${today} ${last}` });
  });
}
