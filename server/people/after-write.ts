import { sameValue } from '#shared/engine/same-value.ts';
import type { Person } from '#shared/people/schema.ts';
import type { Tx } from '../context.ts';
import type { AccountChange } from './account-changes.ts';
import { notifyAdmins, notifyOfAccountChange } from './notify.ts';
import { endSessions } from './sessions.ts';

/** The admins are told of new accounts. A change of somebody's rights takes effect on every device at once. */
export async function afterPersonWrite(
  tx: Tx,
  { before, after: person }: { before: Person | null; after: Person },
): Promise<void> {
  const payload = { name: person.displayName, email: person.email };
  if (!before) {
    if (tx.writer.actor === null && person.status === 'unverified') {
      await notifyAdmins(tx, { kind: 'person-registered', document: person.id, payload });
    }
    return;
  }
  const wasUnverified = before.status === 'unverified' || before.status === 'outside';
  if (wasUnverified && person.status === 'verified') {
    await notifyAdmins(tx, { kind: 'person-verified', document: person.id, payload });
  }
  if (before.role !== person.role) await rightsChanged(tx, person);
  if (before.status !== 'disabled' && person.status === 'disabled') {
    await endSessions(tx, person.id, { why: 'disabled' });
  }
  for (const what of changesToTell(tx, before, person)) {
    // The old address is told of a new one, too: somebody may have been robbed of it.
    if (what === 'email') await notifyOfAccountChange(tx, before, what);
    await notifyOfAccountChange(tx, person, what);
  }
}

/** The replicas of the person are made anew: they hold what the old role could see. */
async function rightsChanged(tx: Tx, { id }: Person): Promise<void> {
  const { transaction } = tx;
  await tx.server.models.credentials.increment('epoch', { where: { person: id }, transaction });
  await tx.count('access');
}

/** What somebody else changed of an account. Its owner's own changes are told where they are made. */
function changesToTell({ writer: { actor } }: Tx, before: Person, person: Person): AccountChange[] {
  if (before.status === 'unverified' || actor === null || actor.id === person.id) return [];
  const changes: AccountChange[] = [];
  if (before.email !== person.email) changes.push('email');
  if (before.username !== person.username) changes.push('username');
  if (before.role !== person.role) changes.push('role');
  if (!sameValue(before.identity, person.identity)) changes.push('identity');
  // Somebody outside has no account that anything could be told about.
  const hadAccount = before.status !== 'outside' && person.status !== 'outside';
  if (before.status !== person.status && hadAccount) {
    changes.push(person.status === 'disabled' ? 'disabled' : 'enabled');
  }
  return changes;
}
