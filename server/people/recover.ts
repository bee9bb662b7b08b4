import { DomainError } from '#shared/errors.ts';
import { queueEmail } from '../email/outbox.ts';
import { notifyOfAccountChange } from './notify.ts';
import { settings } from '../settings/settings.ts';
import { findPerson } from './find-person.ts';
import { hashPassword } from './password.ts';
import { checkPassword } from './password-rules.ts';
import { inEqualTime, sendFirstEmail, visitor } from './register.ts';
import { endSessions } from './sessions.ts';
import { countTry, emailLimits, tokenLimit } from './throttle.ts';
import { endTokens, readToken, useToken } from './tokens.ts';
import { type Server, transact } from '../context.ts';
import { people } from '#shared/people/schema.ts';
import type { Ok } from '#shared/ok.ts';

/**
 * Sends a link to set a new password if the address has a verified account. An unverified account gets its first e-mail
 * again. The response is the same for every address.
 */
export async function requestReset(server: Server, email: string, address: string): Promise<Ok> {
  for (const limit of emailLimits('reset', email, address)) await countTry(server, limit);
  return inEqualTime(async () => {
    await transact(server, visitor(server), async (tx) => {
      const person = await findPerson(server, { email }, tx.transaction);
      if (person?.status === 'unverified') return sendFirstEmail(tx, person);
      if (person?.status !== 'verified') return;
      const event = `asked at ${tx.now}`;
      const message = { kind: 'password-reset', document: person.id, event, payload: {} } as const;
      await queueEmail(tx, { ...message, recipient: person.email, person: person.id });
    });
  });
}

/**
 * Sets a password with the link of an e-mail: a reset, or an invitation, which also verifies the address. All sessions
 * end, and after a reset the owner gets an e-mail. The second factor stays: access to the mailbox alone does not open an
 * account that has one.
 *
 * @throws DomainError 'bad-token', 'weak-password'
 */
export async function setPassword(
  server: Server,
  { token, password }: { token: string; password: string },
  address: string,
): Promise<Ok> {
  await countTry(server, tokenLimit(address));
  const { name } = await settings(server);
  await checkPassword(password, [name]); // before the slow hash, and before the token is read
  const passwordHash = await hashPassword(password);
  await transact(server, visitor(server), async (tx) => {
    const { transaction } = tx;
    const { person: id, purpose } = await readToken(tx, token, ['reset', 'invite']);
    const person = await tx.load(people, id);
    const allowedStatuses = purpose === 'invite' ? ['unverified', 'outside'] : ['verified'];
    if (!person || !allowedStatuses.includes(person.status)) throw new DomainError('bad-token', 'token');
    await checkPassword(password, [person.username, person.email]);
    await useToken(tx, token, ['reset', 'invite']);
    await endTokens(tx, id);
    await server.models.credentials.update(
      { passwordHash, changedAt: tx.now },
      { where: { person: id }, transaction },
    );
    await endSessions(tx, id);
    tx.note({ collection: 'credentials', document: id, action: 'password' });
    if (purpose === 'invite') await tx.update(people, person, { status: 'verified' });
    else await notifyOfAccountChange(tx, person, 'password');
  });
  return { ok: true };
}
