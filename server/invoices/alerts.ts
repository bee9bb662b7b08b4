import type { Held } from '#shared/billing/charges.ts';
import type { Day } from '#shared/billing/day.ts';
import { orders } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import { jobWriter, transact, type Server } from '../context.ts';
import { queueEmail } from '../email/outbox.ts';
import { notify, notifyAdmins } from '../people/notify.ts';
import { settings } from '../settings/settings.ts';
import type { ClockBehind } from './next-number.ts';
import type { Unprintable } from './pdf/check-printable.ts';

/* E-mails about problems of a run. Each is sent at most once a day, because the day is part of the e-mail's key. */

const writer = (server: Server) => jobWriter(server, 'make-invoices');

/** E-mails the client and accounting that charges wait for the client's billing details. */
export async function notifyOfMissingDetails(server: Server, client: string, today: Day): Promise<void> {
  await transact(server, writer(server), async (tx) => {
    const clientName = (await tx.read(people, client))?.displayName ?? '';
    const event = `on ${today}`;
    const email = { kind: 'identity-missing', document: client, event, payload: { clientName } } as const;
    await notify(tx, client, email);
    const { accountingList } = await settings(server, tx.transaction);
    await queueEmail(tx, { ...email, recipient: accountingList });
  });
}

/** E-mails the admins and accounting that a client's invoice has characters that no font can draw. */
export async function notifyOfUnprintable(
  server: Server,
  client: string,
  { refusal, today }: { refusal: Unprintable; today: Day },
): Promise<void> {
  await transact(server, writer(server), async (tx) => {
    const clientName = (await tx.read(people, client))?.displayName ?? '';
    const payload = { clientName, characters: refusal.characters };
    const email = { kind: 'invoice-unprintable', document: client, event: `on ${today}`, payload } as const;
    await notifyAdmins(tx, email);
    const { accountingList } = await settings(server, tx.transaction);
    await queueEmail(tx, { ...email, recipient: accountingList });
  });
}

/** E-mails the admins about orders that are held because they would get too many charges. */
export async function notifyOfHeldOrders(server: Server, held: readonly Held[], today: Day): Promise<void> {
  if (held.length === 0) return;
  await transact(server, writer(server), async (tx) => {
    for (const { order: id } of held) {
      const order = await tx.read(orders, id);
      const payload = { number: order?.number ?? 0, instanceName: order?.instanceName ?? '' };
      await notifyAdmins(tx, { kind: 'billing-held', document: id, event: `on ${today}`, payload });
    }
  });
}

/** E-mails the admins that the server's clock is behind the last invoice. */
export async function notifyOfClock(server: Server, { today, last }: ClockBehind): Promise<void> {
  await transact(server, writer(server), async (tx) => {
    const document = `${today} ${last}`;
    await notifyAdmins(tx, { kind: 'clock-behind', document, payload: { today, last } });
  });
}
