import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/engine/actor.ts';
import type { Proof } from '#shared/people/account-input.ts';
import type { Ok, OwnSecurity } from '#shared/settings/api-types.ts';
import type { Server } from '../context.ts';
import { inTransactionAs, type Tx, type Writer } from '#sync/server/transaction.ts';
import { queueAccountEmail, queueEmail } from '../email/outbox.ts';
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

const ok: Ok = { ok: true };

export function writerOf(server: Server, actor: Actor): Writer {
  return { actor, device: 'server', writtenAt: server.now() };
}

/** A new password; all other sessions end. @throws DomainError of prove, 'weak-password' */
export async function changePassword(
  server: Server,
  actor: Actor,
  { proof, password, session }: { proof: Proof; password: string; session: string },
): Promise<Ok> {
  const person = await prove(server, actor.id, proof);
  const { name } = await settings(server);
  await checkPassword(password, [person.username, person.email, name]);
  const passwordHash = await hashPassword(password);
  await inTransactionAs(server, writerOf(server, actor), async (tx) => {
    await server.models.credentials.update(
      { passwordHash, changedAt: tx.now },
      { where: { person: actor.id }, transaction: tx.transaction },
    );
    await endTokens(tx, actor.id, ['reset', 'email']);
    await endSessions(tx, actor.id, { except: session });
    tx.note({ collection: 'credentials', document: actor.id, action: 'password' });
    await queueAccountEmail(tx, person, 'password');
  });
  return ok;
}

/**
 * Sends a link to the new address; nothing changes until it is used. The answer does not tell whether the address has
 * an account: its owner gets an e-mail then.
 */
export async function changeEmail(
  server: Server,
  actor: Actor,
  { proof, email, address }: { proof: Proof; email: string; address: string },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  for (const limit of emailLimits('change', email, address)) await countTry(server, limit);
  await inTransactionAs(server, writerOf(server, actor), async (tx) => {
    const known = await findPerson(server, { email }, tx.transaction);
    const kind = known ? ('email-known' as const) : ('confirm-email' as const);
    const document = known ? server.newId() : actor.id;
    await queueEmail(tx, {
      kind,
      document,
      step: tx.now,
      recipient: email,
      person: known?.id ?? actor.id,
    });
  });
  return ok;
}

/** The link to a new address was used: it is the account's from now on; the old address is told. */
export async function confirmEmail(server: Server, token: string, address: string): Promise<Ok> {
  await countTry(server, tokenLimit(address));
  await inTransactionAs(server, visitor(server), async (tx) => {
    const { person: id, email } = await useToken(tx, token, ['email']);
    const person = await tx.load('people', id);
    if (person?.status !== 'verified' || email === null) throw new DomainError('bad-token', 'token');
    const holder = await findPerson(server, { email }, tx.transaction);
    if (holder && holder.id !== id) throw new DomainError('taken', 'email');
    await queueAccountEmail(tx, person, 'email');
    await endTokens(tx, id, ['reset']);
    await tx.update('people', person, { email });
  });
  return ok;
}

/** Who sets up a second factor: the one who is signed in, or who has the password of an account that must have one. */
async function whoSetsUp(
  server: Server,
  actor: Actor | null,
  given: { login?: string | undefined; password: string; address: string },
) {
  if (actor) return prove(server, actor.id, { password: given.password });
  const access = await proveBeforeSignIn(server, { ...given, login: given.login ?? '' });
  if (!needsTotp(server, access)) throw new DomainError('not-allowed');
  return access.person;
}

type SetUp = { login?: string | undefined; password: string; address: string };

/** A new secret to put into an authenticator app; in force once a code of it is given. */
export async function beginTotp(
  server: Server,
  actor: Actor | null,
  given: SetUp,
): Promise<{ secret: string; uri: string }> {
  const person = await whoSetsUp(server, actor, given);
  const { name } = await settings(server);
  const { result } = await inTransactionAs(server, writerOf(server, actorFrom(person)), (tx) =>
    newSecret(tx, person, name),
  );
  return result;
}

/** @returns the recovery codes, shown this once */
export async function confirmTotp(
  server: Server,
  actor: Actor | null,
  given: SetUp & { code: string; session: string },
): Promise<{ recoveryCodes: string[] }> {
  const person = await whoSetsUp(server, actor, given);
  const { result } = await inTransactionAs(server, writerOf(server, actorFrom(person)), async (tx) => {
    const recoveryCodes = await confirmSecret(tx, person.id, given.code.replace(/\s/g, ''));
    await endSessions(tx, person.id, { except: given.session });
    await told(tx, person, 'totp-on');
    return { recoveryCodes };
  });
  return result;
}

export async function removeTotp(server: Server, actor: Actor, proof: Proof): Promise<Ok> {
  const person = await prove(server, actor.id, proof);
  await inTransactionAs(server, writerOf(server, actor), async (tx) => {
    await dropTotp(tx, actor.id);
    // Where one is required the account is not signed in without: a new one is set up at the door.
    if (needsTotp(server, { person, totp: false })) await endSessions(tx, actor.id);
    await told(tx, person, 'totp-off');
  });
  return ok;
}

export async function newRecoveryCodes(
  server: Server,
  actor: Actor,
  proof: Proof,
): Promise<{ recoveryCodes: string[] }> {
  const person = await prove(server, actor.id, proof);
  const access = await findAccess(server, actor.id);
  if (!access?.totp) throw new DomainError('not-allowed');
  const { result } = await inTransactionAs(server, writerOf(server, actor), async (tx) => {
    const recoveryCodes = await makeRecoveryCodes(tx, actor.id);
    await told(tx, person, 'recovery-codes');
    return { recoveryCodes };
  });
  return result;
}

async function told(
  tx: Tx,
  person: { id: string; email: string },
  what: 'totp-on' | 'totp-off' | 'recovery-codes',
): Promise<void> {
  tx.note({ collection: 'credentials', document: person.id, action: what });
  await queueAccountEmail(tx, person, what);
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

/** Ends own sessions on other devices; their replicas stay, but get and send nothing any more. */
export async function endOwnSessions(
  server: Server,
  actor: Actor,
  { proof, sessions }: { proof: Proof; sessions: string[] },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await inTransactionAs(server, writerOf(server, actor), async (tx) => {
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
