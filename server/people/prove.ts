import { createHash } from 'node:crypto';
import { DomainError } from '#shared/errors.ts';
import type { Proof } from '#shared/people/account-input.ts';
import { findAccess, findByLogin, passwordHashOf, type Access } from './find-person.ts';
import { verifyPassword } from './password.ts';
import { countTry, forgetTries, proofLimit, signInLimits, codeLimit, type Limit } from './throttle.ts';
import { checkCode } from './totp.ts';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';
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

/** Checks the code of a person who has a second factor. @throws DomainError 'code-needed', 'wrong-code', 'too-many-tries' */
export async function secondFactor(
  server: Server,
  { person, totp }: Access,
  code: string | undefined,
): Promise<void> {
  if (!totp) return;
  if (code === undefined || code === '') throw new DomainError('code-needed', 'code');
  const limit = codeLimit(person.id);
  await countTry(server, limit);
  if (await checkCode(server, person.id, code)) return forgetTries(server, limit);
  server.log.warn({ person: person.id }, 'second factor wrong');
  throw new DomainError('wrong-code', 'code');
}

/** What somebody enters to sign in, and where they do it. */
export type SignInTry = {
  login: string;
  password: string;
  code?: string | undefined;
  /** The device's own name, as its app sends it. */
  device?: string | undefined;
  address: string;
};

/**
 * Authenticates by password: the first step of signing in, and enough to set up a required second factor. After too many
 * tries for a name, only a device that the person has used before gets through, or the right password with the right code
 * of a second factor. The answer is the same for every name, known or not.
 *
 * @returns the account, and the limit to forget after the sign-in
 * @throws DomainError 'wrong-credentials', 'too-many-tries'
 */
export async function proveBeforeSignIn(
  server: Server,
  { login, password, code, device, address }: SignInTry,
): Promise<{ access: Access; limit: Limit; codeIsProven: boolean }> {
  const person = await findByLogin(server, login);
  const knownDevice = person && device ? await knownDeviceOf(server, person.id, device) : null;
  const limits = signInLimits(login, { address, knownDevice });
  await countTry(server, limits.address);
  const isLocked = await hasTriedTooOften(server, limits.account);
  const right = await verifyPassword(person && (await passwordHashOf(server, person.id)), password);
  const access = person && right && person.status === 'verified' ? await findAccess(server, person.id) : null;
  const codeIsProven = isLocked && access !== null && (await provesByCode(server, access, code));
  if (isLocked && !codeIsProven) throw new DomainError('too-many-tries');
  if (access) return { access, limit: limits.account, codeIsProven };
  server.log.warn({ login: login.trim().toLowerCase(), address }, 'sign-in failed');
  throw new DomainError('wrong-credentials');
}

async function provesByCode(
  server: Server,
  { person, totp }: Access,
  code: string | undefined,
): Promise<boolean> {
  if (!totp || code === undefined || code === '') return false;
  return (
    !(await hasTriedTooOften(server, codeLimit(person.id))) && (await checkCode(server, person.id, code))
  );
}

async function hasTriedTooOften(server: Server, limit: Limit): Promise<boolean> {
  try {
    await countTry(server, limit);
    return false;
  } catch (error) {
    if (error instanceof DomainError && error.code === 'too-many-tries') return true;
    throw error;
  }
}

/** The key of a device on which the person has signed in before, or null. */
async function knownDeviceOf(server: Server, person: string, device: string): Promise<string | null> {
  const key = deviceKey(device);
  const row = await findRow(server.models.devices, { where: { person, device: key } });
  return row ? key : null;
}

/** Devices are stored by a hash of their names. */
export function deviceKey(device: string): string {
  return createHash('sha256').update(device).digest('hex');
}
