import { people, type Preferences } from '#shared/people/schema.ts';
import { findIds } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { queueEmail, type EmailEvent } from '../email/outbox.ts';
import type { AccountChange } from './account-changes.ts';

/**
 * Queues an e-mail to a person's own address. A disabled account gets none.
 *
 * @param email `preference`: the person's setting that decides. E-mails about money, access or the account have none.
 */
export async function notify(
  tx: Tx,
  person: string,
  email: EmailEvent & { preference?: keyof Preferences },
): Promise<void> {
  const to = await tx.read(people, person);
  const { preference, ...event } = email;
  if (!to || to.status === 'disabled' || (preference && !to.preferences[preference])) return;
  await queueEmail(tx, { ...event, recipient: to.email, person });
}

/** Queues an e-mail to each admin. */
export async function notifyAdmins(tx: Tx, email: EmailEvent): Promise<void> {
  const where = { role: 'admin', status: 'verified' };
  for (const admin of await findIds(tx.server, people, { where, transaction: tx.transaction })) {
    await notify(tx, admin, email);
  }
}

/** Queues an e-mail about a change of an account to the passed address of its owner. */
export async function notifyOfAccountChange(
  tx: Tx,
  { id, email, username }: { id: string; email: string; username: string },
  what: AccountChange,
): Promise<void> {
  await queueEmail(tx, {
    kind: 'account-changed',
    document: tx.server.newId(), // each change is an e-mail of its own
    payload: { username, what },
    recipient: email,
    person: id,
  });
}
