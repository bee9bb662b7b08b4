import type { Announcement } from '#shared/announcements/schema.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import { queueEmailTo } from '../email/outbox.ts';

/** An announcement is in the app at once, and an e-mail to each of its readers who wants these. */
export async function afterAnnouncementWrite(tx: Tx, { before, after }: Change): Promise<void> {
  if (before) return;
  const { id, audience, service, client } = after as unknown as Announcement;
  if (audience === 'client') {
    if (client) await queueEmailTo(tx, client, { kind: 'announcement', document: id });
    return;
  }
  if (audience === 'service') return copyToClientsOf(tx, after as unknown as Announcement, service ?? '');
  const people = await tx.server.models.people.findAll({
    where: { status: 'verified', ...(audience === 'clients' ? { role: 'client' } : {}) },
    attributes: ['id'],
    transaction: tx.transaction,
    raw: true,
  });
  for (const row of people) {
    await queueEmailTo(tx, (row as unknown as { id: string }).id, { kind: 'announcement', document: id });
  }
}

/** For each client with a running order of the service a copy of their own, which is what they read. */
async function copyToClientsOf(tx: Tx, announcement: Announcement, service: string): Promise<void> {
  const rows = await tx.server.models.orders.findAll({
    where: { service, status: ['setting up', 'active', 'suspended'] },
    attributes: ['client'],
    group: ['client'],
    transaction: tx.transaction,
    raw: true,
  });
  for (const { client } of rows as unknown as { client: string }[]) {
    await tx.create('announcements', {
      ...announcement,
      id: tx.server.newId(),
      audience: 'client',
      client,
    });
  }
}
