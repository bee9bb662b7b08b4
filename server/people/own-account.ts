import { DomainError } from '#shared/errors.ts';
import type { Proof } from '#shared/people/account-input.ts';
import { queueEmail } from '../email/outbox.ts';
import { notifyOfAccountChange } from './notify.ts';
import { settings } from '../settings/settings.ts';
import { findAccess, findPerson, needsTotp } from './find-person.ts';
import { hashPassword } from './password.ts';
import { checkPassword } from './password-rules.ts';
import { prove, proveBeforeSignIn } from './prove.ts';
import { visitor } from './register.ts';
import { endSessions, sessionsOf } from './sessions.ts';
import { actorFrom } from './sign-in.ts';
import { countTry, emailLimits, tokenLimit } from './throttle.ts';
import { endTokens, useToken } from './tokens.ts';
import { confirmSecret, dropTotp, makeRecoveryCodes, newSecret } from './totp.ts';
import type { Actor } from '#shared/people/actor.ts';
import { type Server, transact, type Tx, commandBy } from '../context.ts';
import { people } from '#shared/people/schema.ts';
import type { Ok } from '#shared/ok.ts';
import type { OwnSecurity } from '#shared/people/api.ts';

const ok: Ok = { ok: true };

/** Changes the password and ends all other sessions. @throws DomainError of prove, 'weak-password' */
export async function changePassword(
  server: Server,
  actor: Actor,
  { proof, password, session }: { proof: Proof; password: string; session: string },
): Promise<Ok> {
  const person = await prove(server, actor.id, proof);
  const { name } = await settings(server);
  await checkPassword(password, [person.username, person.email, name]);
  const passwordHash = await hashPassword(password);
  await transact(server, commandBy(server, actor), async (tx) => {
    await server.models.credentials.update(
      { passwordHash, changedAt: tx.now },
      { where: { person: actor.id }, transaction: tx.transaction },
    );
    await endTokens(tx, actor.id, ['reset', 'email']);
    await endSessions(tx, actor.id, { except: session });
    tx.note({ collection: 'credentials', document: actor.id, action: 'password' });
    await notifyOfAccountChange(tx, person, 'password');
  });
  return ok;
}

/**
 * Sends a link to the new address. Nothing changes until it is used. The response does not reveal whether the address has
 * an account; if it has one, the owner gets an e-mail.
 */
export async function changeEmail(
  server: Server,
  actor: Actor,
  { proof, email, address }: { proof: Proof; email: string; address: string },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  for (const limit of emailLimits('change', email, address)) await countTry(server, limit);
  await transact(server, commandBy(server, actor), async (tx) => {
    const known = await findPerson(server, { email }, tx.transaction);
    if (known) {
      const payload = { username: known.username };
      const email = { kind: 'email-known', document: server.newId(), payload } as const;
      return queueEmail(tx, { ...email, recipient: known.email, person: known.id });
    }
    const event = `asked at ${tx.now}`;
    const confirmation = { kind: 'confirm-email', document: actor.id, event, payload: {} } as const;
    return queueEmail(tx, { ...confirmation, recipient: email, person: actor.id });
  });
  return ok;
}

/** Makes an address that was confirmed by its link the account's. The old address gets an e-mail. */
export async function confirmEmail(server: Server, token: string, address: string): Promise<Ok> {
  await countTry(server, tokenLimit(address));
  await transact(server, visitor(server), async (tx) => {
    const { person: id, email } = await useToken(tx, token, ['email']);
    const person = await tx.load(people, id);
    if (person?.status !== 'verified' || email === null) throw new DomainError('bad-token', 'token');
    const holder = await findPerson(server, { email }, tx.transaction);
    if (holder && holder.id !== id) throw new DomainError('taken', 'email');
    await notifyOfAccountChange(tx, person, 'email');
    await endTokens(tx, id, ['reset']);
    await tx.update(people, person, { email });
  });
  return ok;
}

type TotpSetUp = { login?: string | undefined; password: string; address: string };

/** Returns the person who sets up a second factor: signed in, or with the password of an account that must have one. */
async function proveForSetUp(server: Server, actor: Actor | null, input: TotpSetUp) {
  if (actor) return prove(server, actor.id, { password: input.password });
  const { password, address, login = '' } = input;
  const { access } = await proveBeforeSignIn(server, { login, password, address });
  if (!needsTotp(server, access)) throw new DomainError('not-allowed');
  return access.person;
}

/** Creates a secret for an authenticator app. It takes effect when a code of it is confirmed. */
export async function beginTotp(
  server: Server,
  actor: Actor | null,
  input: TotpSetUp,
): Promise<{ secret: string; uri: string }> {
  const person = await proveForSetUp(server, actor, input);
  const { name } = await settings(server);
  const { result } = await transact(server, commandBy(server, actorFrom(person)), (tx) =>
    newSecret(tx, person, name),
  );
  return result;
}

/** Confirms a new second factor by a code of it. @returns the recovery codes, which are shown only once */
export async function confirmTotp(
  server: Server,
  actor: Actor | null,
  input: TotpSetUp & { code: string; session: string },
): Promise<{ recoveryCodes: string[] }> {
  const person = await proveForSetUp(server, actor, input);
  const { result } = await transact(server, commandBy(server, actorFrom(person)), async (tx) => {
    const recoveryCodes = await confirmSecret(tx, person.id, input.code.replace(/\s/g, ''));
    await endSessions(tx, person.id, { except: input.session });
    await recordAndNotify(tx, person, 'totp-on');
    return { recoveryCodes };
  });
  return result;
}

/** Removes the own second factor. */
export async function removeTotp(server: Server, actor: Actor, proof: Proof): Promise<Ok> {
  const person = await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    await dropTotp(tx, actor.id);
    // If a second factor is required, the sessions end: a new one must be set up before signing in.
    if (needsTotp(server, { person, totp: false })) await endSessions(tx, actor.id);
    await recordAndNotify(tx, person, 'totp-off');
  });
  return ok;
}

/** Replaces the own recovery codes. @throws DomainError 'not-allowed' without a second factor */
export async function newRecoveryCodes(
  server: Server,
  actor: Actor,
  proof: Proof,
): Promise<{ recoveryCodes: string[] }> {
  const person = await prove(server, actor.id, proof);
  const access = await findAccess(server, actor.id);
  if (!access?.totp) throw new DomainError('not-allowed');
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const recoveryCodes = await makeRecoveryCodes(tx, actor.id);
    await recordAndNotify(tx, person, 'recovery-codes');
    return { recoveryCodes };
  });
  return result;
}

async function recordAndNotify(
  tx: Tx,
  person: { id: string; email: string; username: string },
  what: 'totp-on' | 'totp-off' | 'recovery-codes',
): Promise<void> {
  tx.note({ collection: 'credentials', document: person.id, action: what });
  await notifyOfAccountChange(tx, person, what);
}

export async function ownSecurity(server: Server, actor: Actor, session: string): Promise<OwnSecurity> {
  const access = await findAccess(server, actor.id);
  const where = { person: actor.id, usedAt: null };
  return {
    sessions: await sessionsOf(server, actor.id, session),
    totp: access?.totp ?? false,
    recoveryCodes: await server.models.recoveryCodes.count({ where }),
  };
}

/** Ends own sessions. Their devices keep their replicas, but can no longer sync. */
export async function endOwnSessions(
  server: Server,
  actor: Actor,
  { proof, sessions }: { proof: Proof; sessions: string[] },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const ended = await endSessions(tx, actor.id, { only: sessions });
    tx.note({
      collection: 'sessions',
      document: actor.id,
      action: 'end',
      changes: { sessions: [ended, 0] },
    });
  });
  return ok;
}
