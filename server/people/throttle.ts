import { canonicalEmail } from '#shared/people/email-address.ts';
import { createHash } from 'node:crypto';
import { QueryTypes } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Actor } from '#shared/people/actor.ts';
import { isClient } from '#shared/people/role.ts';
import type { SyncSetup } from '#sync/server/context.ts';
import type { Server } from '../context.ts';

/** The name of a counter of tries, and how many tries a window of time allows. */
export type Limit = { name: string; most: number };

/** The limit of documents that a person may push. Replicas send the rest later, so a long journey is only spread. */
export function pushLimit({ id, role }: Actor): Limit {
  return { name: `pushed by ${id}`, most: isClient({ role }) ? mostPushedByClient : mostPushedByStaff };
}

const windowMs = 15 * 60_000;
/** Few enough to make guessing slow (OWASP ASVS 6.3.1), enough for people with three old passwords. */
const mostPerAccount = 10;
/** More than per account, because a whole office may sign in from one address. */
const mostPerAddress = 60;
/** Documents in 15 minutes. The longest journey of a client has fewer; an agent may close thousands. */
const mostPushedByClient = 400;
const mostPushedByStaff = 10_000;

/**
 * Returns the limits of one try to sign in. It is counted by the name as it was typed: if username and e-mail shared their
 * tries, that would tell that both belong to one account. A device on which the person has signed in before has tries of
 * its own, so nobody can lock them out there.
 */
export function signInLimits(
  login: string,
  { address, knownDevice }: { address: string; knownDevice: string | null },
): { account: Limit; address: Limit } {
  const name = canonicalEmail(login);
  const account = knownDevice === null ? `sign-in account ${name}` : `sign-in device ${knownDevice} ${name}`;
  return {
    account: { name: account, most: mostPerAccount },
    address: { name: `sign-in address ${address}`, most: mostPerAddress },
  };
}

/** Returns the limit for proving the password again. Guessing is as slow as when signing in. */
export function proofLimit(person: string): Limit {
  return { name: `proof ${person}`, most: mostPerAccount };
}

/** Returns the limit for codes of a second factor. Somebody who has the password may try few of them. */
export function codeLimit(person: string): Limit {
  return { name: `code ${person}`, most: mostPerAccount };
}

/** Returns the limits of requests that send an e-mail: per recipient (so no mailbox is flooded) and per sender. */
export function emailLimits(what: string, email: string, address: string): Limit[] {
  return [
    { name: `${what} from ${address}`, most: 20 },
    { name: `${what} to ${canonicalEmail(email)}`, most: 3 },
  ];
}

/** Returns the limit for using tokens. They cannot be guessed, but tries are not free either. */
export function tokenLimit(address: string): Limit {
  return { name: `token ${address}`, most: 60 };
}

/**
 * Counts tries in one statement, so that parallel tries cannot all pass. A counter from the future, after the clock was
 * set back, begins again: it would count for ever.
 *
 * @throws DomainError 'too-many-tries'
 */
export async function countTry(
  server: Pick<Server, 'db' | 'now'>,
  { name, most }: Limit,
  by = 1,
): Promise<void> {
  const key = keyOf(name);
  const now = server.now();
  const rows = await server.db.query<{ tries: string }>(
    `INSERT INTO throttles (name, since, tries) VALUES (:key, :now, :by)
     ON DUPLICATE KEY UPDATE tries = IF(since BETWEEN :oldest AND :now, tries + :by, :by),
       since = IF(since BETWEEN :oldest AND :now, since, :now)
     RETURNING tries`,
    { replacements: { key, now, by, oldest: now - windowMs }, type: QueryTypes.SELECT },
  );
  const tries = Number(rows[0]?.tries);
  if (tries > most) throw new DomainError('too-many-tries');
}

/** Resets a counter after a person proved who they are. */
export async function forgetTries(server: Server, { name }: Limit): Promise<void> {
  await server.models.throttles.destroy({ where: { name: keyOf(name) } });
}

function keyOf(name: string): string {
  return createHash('sha256').update(name).digest('hex');
}

/** Counts the documents of a push. @throws DomainError 'too-many-tries', after which a replica waits */
export const admit: SyncSetup['admit'] = (server, actor, count) =>
  countTry(server, pushLimit(actor as Actor), count); // the engine knows no roles
