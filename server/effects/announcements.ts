import type { Announcement } from '#shared/collections/announcements.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { queueLetterTo } from '../mail/queue-letter.ts';

/** An announcement is in the app at once, and a letter to each of its readers who wants these. */
export async function announcementEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  if (before) return;
  const { id, audience } = after as unknown as Announcement;
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
