import { DomainError } from '#shared/errors.ts';
import type { Write } from '#sync/server/context.ts';
import type { Tx } from '../context.ts';
import type { Announcement } from '#shared/announcements/schema.ts';
import { services } from '#shared/services/schema.ts';

/**
 * Signs a new announcement with its author's name. An announcement for the clients of a service must name that service.
 *
 * @throws DomainError 'not-found' or 'invalid', naming the field
 */
export async function deriveAnnouncement(
  tx: Tx,
  { before, after }: Write<Announcement>,
): Promise<Partial<Announcement>> {
  if (before) return {};
  const { audience, service } = after;
  if (audience === 'service') {
    const existing = typeof service === 'string' ? await tx.load(services, service) : null;
    if (!existing) throw new DomainError('not-found', 'service');
  } else if (service) {
    throw new DomainError('invalid', 'service');
  }
  return { client: null, authorName: tx.writer.actor?.name ?? '', recent: -tx.now };
}
