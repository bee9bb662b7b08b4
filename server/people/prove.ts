import { DomainError } from '#shared/errors.ts';
import type { Proof } from '#shared/people/account-input.ts';
import { findAccess, findByLogin, passwordHashOf, type Access } from './find-person.ts';
import { verifyPassword } from './password.ts';
import { countTry, forgetTries, proofLimit, signInLimits } from './throttle.ts';
import { checkCode } from './totp.ts';
import type { Server } from '../context.ts';
import type { Person } from '#shared/people/schema.ts';

/**
 * Re-authenticates a signed-in person by password, and by a code if they have a second factor.
 *
 * @throws DomainError 'wrong-credentials', 'code-needed', 'wrong-code', 'too-many-tries'
 */
export async function prove(server: Server, id: string, { password, code }: Proof): Promise<Person> {
  const limit = proofLimit(id);
  await countTry(server, limit);
  const access = await findAccess(server, id);
  const right = await verifyPassword(await passwordHashOf(server, id), password);
  if (!access || !right) {
    server.log.warn({ person: id }, 're-authentication failed');
    throw new DomainError('wrong-credentials', 'password');
  }
  await secondFactor(server, access, code);
  await forgetTries(server, limit);
  return access.person;
}

/** Checks the code of a person who has a second factor. @throws DomainError 'code-needed', 'wrong-code' */
export async function secondFactor(
  server: Server,
  { person, totp }: Access,
  code: string | undefined,
): Promise<void> {
  if (!totp) return;
  if (code === undefined || code === '') throw new DomainError('code-needed', 'code');
  if (await checkCode(server, person.id, code)) return;
  server.log.warn({ person: person.id }, 'second factor wrong');
  throw new DomainError('wrong-code', 'code');
}

/**
 * Authenticates by password alone: the first step of signing in, and enough to set up a required second factor.
 *
 * @throws DomainError 'wrong-credentials', 'too-many-tries'
 */
export async function proveBeforeSignIn(
  server: Server,
  { login, password, address }: { login: string; password: string; address: string },
): Promise<Access> {
  const person = await findByLogin(server, login);
  // Count by account, not by spelling: username and e-mail share their tries.
  const limits = signInLimits(person?.id ?? login, address);
  await countTry(server, limits.address);
  await countTry(server, limits.account);
  const right = await verifyPassword(person && (await passwordHashOf(server, person.id)), password);
  const access = person && right && person.status === 'verified' ? await findAccess(server, person.id) : null;
  if (access) return access;
  server.log.warn({ login: login.trim().toLowerCase(), address }, 'sign-in failed');
  throw new DomainError('wrong-credentials');
}
