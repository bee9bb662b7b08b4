import type { Announcement } from '#shared/announcements/schema.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import { queueLetterTo } from '../email/outbox.ts';

/** An announcement is in the app at once, and a letter to each of its readers who wants these. */
export async function announcementEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  if (before) return;
  const { id, audience, service, client } = after as unknown as Announcement;
  if (audience === 'client') {
    if (client) await queueLetterTo(unit, client, { kind: 'announcement', document: id });
    return;
  }
  if (audience === 'service') return copyToClientsOf(unit, after as unknown as Announcement, service ?? '');
  const people = await unit.server.models.people.findAll({
    where: { status: 'verified', ...(audience === 'clients' ? { role: 'client' } : {}) },
    attributes: ['id'],
    transaction: unit.transaction,
    raw: true,
  });
  for (const row of people) {
    await queueLetterTo(unit, (row as unknown as { id: string }).id, { kind: 'announcement', document: id });
  }
}

/** For each client with a running order of the service a copy of their own, which is what they read. */
async function copyToClientsOf(unit: Unit, announcement: Announcement, service: string): Promise<void> {
  const rows = await unit.server.models.orders.findAll({
    where: { service, status: ['setting up', 'active', 'suspended'] },
    attributes: ['client'],
    group: ['client'],
    transaction: unit.transaction,
    raw: true,
  });
  for (const { client } of rows as unknown as { client: string }[]) {
    await unit.create('announcements', {
      ...announcement,
      id: unit.server.newId(),
      audience: 'client',
      client,
    });
  }
}
