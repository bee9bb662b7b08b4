import type { Person } from '#shared/people/schema.ts';
import { endSessions } from './sessions.ts';
import { leastLoaded } from '../tickets/derive-ticket.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import { queueAccountLetter, queueLetterToAdmins, type AccountChange } from '../email/outbox.ts';
import { sameValue } from '#sync/server/transaction.ts';

/** New accounts are told to the admins; what changes somebody's rights takes effect on every device at once. */
export async function personEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const person = after as unknown as Person;
  const old = before as unknown as Person | null;
  if (!old) {
    if (unit.writer.actor === null && person.status === 'unverified') {
      await queueLetterToAdmins(unit, { kind: 'person-registered', document: person.id });
    }
    return;
  }
  const wasUnproved = old.status === 'unverified' || old.status === 'outside';
  if (wasUnproved && person.status === 'verified') {
    await queueLetterToAdmins(unit, { kind: 'person-verified', document: person.id });
  }
  const isOver = old.status !== 'disabled' && person.status === 'disabled';
  if (!sameValue(old.role, person.role)) await rightsChanged(unit, person);
  if (isOver || !sameValue(old.role, person.role)) await passOnTickets(unit, person);
  if (isOver) {
    await endSessions(unit, person.id, { why: 'disabled' });
  }
  for (const what of toldOf(unit, old, person)) {
    // A new address is told to the old one too, which is the one somebody may have been robbed of.
    if (what === 'email') await queueAccountLetter(unit, old, what);
    await queueAccountLetter(unit, person, what);
  }
}

/** The replicas of the person are made anew: they hold what the old role could see. */
async function rightsChanged(unit: Unit, { id }: Person): Promise<void> {
  const { transaction } = unit;
  await unit.server.models.credentials.increment('epoch', { where: { person: id }, transaction });
  await unit.count('access');
}

/** Open tickets of somebody who can't work on them any more go to the next one. */
async function passOnTickets(unit: Unit, { id }: Person): Promise<void> {
  const rows = await unit.server.models.tickets.findAll({
    where: { assignee: id, status: 'open' },
    attributes: ['id'],
    transaction: unit.transaction,
    raw: true,
  });
  for (const row of rows as unknown as { id: string }[]) {
    const ticket = await unit.load('tickets', row.id);
    if (ticket) await unit.update('tickets', ticket, { assignee: await leastLoaded(unit, ticket.queue) });
  }
}

/** What somebody else changed of an account; its owner's own changes are told where they are made. */
function toldOf({ writer: { actor } }: Unit, old: Person, person: Person): AccountChange[] {
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
