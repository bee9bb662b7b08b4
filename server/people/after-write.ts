import type { Person } from '#shared/people/schema.ts';
import { endSessions } from './sessions.ts';
import { leastLoaded } from '../tickets/derive-ticket.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import { queueAccountEmail, queueEmailToAdmins, type AccountChange } from '../email/outbox.ts';
import { sameValue } from '#sync/server/transaction.ts';

/** New accounts are told to the admins; what changes somebody's rights takes effect on every device at once. */
export async function afterPersonWrite(tx: Tx, { before, after }: Change): Promise<void> {
  const person = after as unknown as Person;
  const old = before as unknown as Person | null;
  if (!old) {
    if (tx.writer.actor === null && person.status === 'unverified') {
      await queueEmailToAdmins(tx, { kind: 'person-registered', document: person.id });
    }
    return;
  }
  const wasUnproved = old.status === 'unverified' || old.status === 'outside';
  if (wasUnproved && person.status === 'verified') {
    await queueEmailToAdmins(tx, { kind: 'person-verified', document: person.id });
  }
  const isOver = old.status !== 'disabled' && person.status === 'disabled';
  if (!sameValue(old.role, person.role)) await rightsChanged(tx, person);
  if (isOver || !sameValue(old.role, person.role)) await passOnTickets(tx, person);
  if (isOver) {
    await endSessions(tx, person.id, { why: 'disabled' });
  }
  for (const what of toldOf(tx, old, person)) {
    // A new address is told to the old one too, which is the one somebody may have been robbed of.
    if (what === 'email') await queueAccountEmail(tx, old, what);
    await queueAccountEmail(tx, person, what);
  }
}

/** The replicas of the person are made anew: they hold what the old role could see. */
async function rightsChanged(tx: Tx, { id }: Person): Promise<void> {
  const { transaction } = tx;
  await tx.server.models.credentials.increment('epoch', { where: { person: id }, transaction });
  await tx.count('access');
}

/** Open tickets of somebody who can't work on them any more go to the next one. */
async function passOnTickets(tx: Tx, { id }: Person): Promise<void> {
  const rows = await tx.server.models.tickets.findAll({
    where: { assignee: id, status: 'open' },
    attributes: ['id'],
    transaction: tx.transaction,
    raw: true,
  });
  for (const row of rows as unknown as { id: string }[]) {
    const ticket = await tx.load('tickets', row.id);
    if (ticket) await tx.update('tickets', ticket, { assignee: await leastLoaded(tx, ticket.queue) });
  }
}

/** What somebody else changed of an account; its owner's own changes are told where they are made. */
function toldOf({ writer: { actor } }: Tx, old: Person, person: Person): AccountChange[] {
  if (old.status === 'unverified' || actor === null || actor.id === person.id) return [];
  return [
    ...(old.email === person.email ? [] : ['email' as const]),
    ...(old.username === person.username ? [] : ['username' as const]),
    ...(old.role === person.role ? [] : ['role' as const]),
    ...(sameValue(old.identity, person.identity) ? [] : ['identity' as const]),
    // Somebody outside has no account that anything could be said about.
    ...(old.status === person.status || old.status === 'outside' || person.status === 'outside'
      ? []
      : [person.status === 'disabled' ? ('disabled' as const) : ('enabled' as const)]),
  ];
}
