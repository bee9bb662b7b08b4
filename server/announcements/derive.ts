import { DomainError } from '#shared/errors.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';
import type { Announcement } from '#shared/announcements/schema.ts';
import { services } from '#shared/services/schema.ts';

/** An announcement is signed by who makes it; one for the clients of a service names it. */
export async function deriveAnnouncement(
  tx: Tx,
  { before, after }: Write<Announcement>,
): Promise<Partial<Announcement>> {
  if (before) return {};
  const { audience, service } = after;
  if (audience === 'service') {
    const named = typeof service === 'string' ? await tx.load(services, service) : null;
    if (!named) throw new DomainError('not-found', 'service');
  } else if (service) {
    throw new DomainError('invalid', 'service');
  }
  return { client: null, authorName: tx.writer.actor?.name ?? '', recent: -tx.now };
}
