import { sameValue } from '#shared/engine/same-value.ts';
import type { Person } from '#shared/people/schema.ts';
import type { Tx } from '../context.ts';
import type { AccountChange } from './account-changes.ts';
import { queueEmail } from '../email/outbox.ts';
import { listOf } from '../settings/settings.ts';
import { notifyAdmins, notifyOfAccountChange } from './notify.ts';
import { endSessions } from './sessions.ts';

/** Notifies admins of new accounts and owners of changes. A change of rights takes effect on every device at once. */
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
  if (person.taxHold && !sameValue(before.taxHold, person.taxHold)) await askForTax(tx, person);
  if (before.role !== person.role) await rightsChanged(tx, person);
  if (before.status !== 'disabled' && person.status === 'disabled') {
    await endSessions(tx, person.id, { why: 'disabled' });
  }
  for (const what of changesToNotify(tx, before, person)) {
    // The old address is notified of a new one too, because the account may have been taken over.
    if (what === 'email') await notifyOfAccountChange(tx, before, what);
    await notifyOfAccountChange(tx, person, what);
  }
}

/** Tells accounting that a client's own change would lower their tax, so that somebody accepts it or not. */
async function askForTax(tx: Tx, { id, displayName, taxHold }: Person): Promise<void> {
  await queueEmail(tx, {
    kind: 'tax-held',
    document: id,
    event: `at ${tx.now}`,
    payload: { name: displayName, person: id, percent: taxHold?.percent ?? 0 },
    recipient: await listOf(tx, 'billing'),
  });
}

/** Makes the replicas of the person rebuild, because they hold what the old role could see. */
async function rightsChanged(tx: Tx, { id }: Person): Promise<void> {
  const { transaction } = tx;
  await tx.server.models.credentials.increment('epoch', { where: { person: id }, transaction });
  await tx.count('access');
}

/** Lists what another person changed in an account. The owner's own changes send their e-mails where they are made. */
function changesToNotify({ writer: { actor } }: Tx, before: Person, person: Person): AccountChange[] {
  if (before.status === 'unverified' || actor === null || actor.id === person.id) return [];
  const changes: AccountChange[] = [];
  if (before.email !== person.email) changes.push('email');
  if (before.username !== person.username) changes.push('username');
  if (before.role !== person.role) changes.push('role');
  if (!sameValue(before.identity, person.identity)) changes.push('identity');
  // A person outside has no account, so there is nothing to notify them of.
  const hadAccount = before.status !== 'outside' && person.status !== 'outside';
  if (before.status !== person.status && hadAccount) {
    changes.push(person.status === 'disabled' ? 'disabled' : 'enabled');
  }
  return changes;
}
