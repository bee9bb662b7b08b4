import { announcements, type Announcement } from '#shared/announcements/schema.ts';
import { orders } from '#shared/orders/schema.ts';
import { people } from '#shared/people/schema.ts';
import { findDocuments, findIds } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { notify } from '../people/notify.ts';

/** A new announcement appears in the app at once. Each reader who wants such e-mails also gets one. */
export async function afterAnnouncementWrite(
  tx: Tx,
  { before, after }: { before: Announcement | null; after: Announcement },
): Promise<void> {
  if (before) return;
  if (after.audience === 'service') return copyToClientsOf(tx, after, after.service ?? '');
  const payload = { announcement: after.id };
  for (const reader of await readersOf(tx, after)) {
    await notify(tx, reader, {
      kind: 'announcement',
      document: after.id,
      payload,
      preference: 'announcements',
    });
  }
}

async function readersOf({ server, transaction }: Tx, { audience, client }: Announcement): Promise<string[]> {
  if (audience === 'client') return client ? [client] : [];
  const role = audience === 'clients' ? { role: 'client' } : {};
  return findIds(server, people, { where: { status: 'verified', ...role }, transaction });
}

/** Creates one copy for each client with a running order of the service. Clients read only their own copy. */
async function copyToClientsOf(tx: Tx, announcement: Announcement, service: string): Promise<void> {
  const running = { service, status: ['setting up', 'active', 'suspended'] };
  const found = await findDocuments(tx.server, orders, { where: running, transaction: tx.transaction });
  for (const client of new Set(found.map((order) => order.client))) {
    await tx.create(announcements, {
      ...announcement,
      id: tx.server.newId(),
      audience: 'client',
      client,
    });
  }
}
