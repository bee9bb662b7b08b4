import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { DomainError } from '#shared/errors.ts';
import type { Registration } from '#shared/people/account-input.ts';
import { queueEmail } from '../email/outbox.ts';
import { findRow } from '../models/rows.ts';
import { settings } from '../settings/settings.ts';
import { findPerson } from './find-person.ts';
import { hashPassword } from './password.ts';
import { checkPassword } from './password-rules.ts';
import { countTry, emailLimits, tokenLimit } from './throttle.ts';
import { readToken, useToken } from './tokens.ts';
import { type Server, transact, type Tx, type Writer, jobWriter } from '../context.ts';
import { allEmails, people, type Person } from '#shared/people/schema.ts';
import type { Ok } from '#shared/ok.ts';

/** Answers about an address take this long whether or not it has an account; the work takes about half of it. */
const answerMs = 500;
const ok: Ok = { ok: true };

/** The writer of what nobody signed in has caused. */
export function visitor(server: Server): Writer {
  return jobWriter(server, 'server');
}

/** Runs something whose answer must not tell, by its time either, whether an address has an account. */
export async function inEqualTime(work: () => Promise<unknown>): Promise<Ok> {
  const [result] = await Promise.allSettled([work(), sleep(answerMs)]);
  if (result.status === 'rejected') throw result.reason;
  return ok;
}

/**
 * A client registers. The answer is the same whatever is known of the address: where it has an account, its owner gets
 * an e-mail saying so; else a link to prove that it is theirs. A username that is taken is told only behind that link.
 *
 * @throws DomainError 'weak-password', 'too-many-tries'
 */
export async function register(server: Server, given: Registration, address: string): Promise<Ok> {
  const { name } = await settings(server);
  await checkPassword(given.password, [given.username, given.email, name]);
  for (const limit of emailLimits('register', given.email, address)) await countTry(server, limit);
  return inEqualTime(async () => {
    const passwordHash = await hashPassword(given.password);
    try {
      await writeRegistration(server, given, passwordHash);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'taken') throw error;
      await writeRegistration(server, given, passwordHash); // somebody took the name meanwhile: seen now
    }
  });
}

async function writeRegistration(server: Server, given: Registration, passwordHash: string): Promise<void> {
  await transact(server, visitor(server), async (tx) => {
    const known = await findPerson(server, { email: given.email }, tx.transaction);
    if (known?.status === 'outside') return inviteOutside(tx, known, given.username);
    if (known && known.status !== 'unverified') {
      const payload = { username: known.username };
      const message = { kind: 'email-known', document: server.newId(), payload } as const;
      return queueEmail(tx, { ...message, recipient: known.email, person: known.id });
    }
    // Somebody whom an admin invited gets that e-mail again: nobody chooses name or password of such an account.
    if (known && (await registrationOf(tx, known.id)) === null) return sendFirstEmail(tx, known);
    const person = known ?? (await createUnverified(tx, given));
    const registration = {
      id: server.newId(),
      person: person.id,
      username: given.username,
      passwordHash,
      createdAt: tx.now,
    };
    await server.models.registrations.create(registration, { transaction: tx.transaction });
    await queueEmail(tx, {
      kind: 'verify-email',
      document: registration.id,
      payload: { registration: registration.id },
      recipient: person.email,
      person: person.id,
    });
  });
}

/**
 * Who wrote to us before gets an account with what they wrote in it. The password is set by the link, by who reads the
 * mail of that address: whoever registered may be somebody else.
 */
async function inviteOutside(tx: Tx, person: Person, username: string): Promise<void> {
  const taken = await findPerson(tx.server, { username }, tx.transaction);
  if (!taken && person.username.startsWith('outside-')) await tx.update(people, person, { username });
  await createSecrets(tx, person);
  const message = { kind: 'invitation', document: person.id, event: `at ${tx.now}`, payload: {} } as const;
  await queueEmail(tx, { ...message, recipient: person.email, person: person.id });
}

async function createUnverified(tx: Tx, { username, email, language }: Registration) {
  const { server, transaction } = tx;
  const taken = await findPerson(server, { username }, transaction);
  const person = await tx.create(people, {
    id: server.newId(),
    username: taken ? `new-${randomBytes(6).toString('hex')}` : username,
    displayName: username,
    email,
    role: 'client',
    status: 'unverified',
    language,
    available: false,
    preferences: allEmails,
    identity: null,
    taxTreatment: null,
  });
  await createSecrets(tx, person);
  return person;
}

async function createSecrets({ server, transaction, now }: Tx, { id }: { id: string }): Promise<void> {
  const secrets = { person: id, passwordHash: null, changedAt: now, epoch: 0 };
  await server.models.credentials.bulkCreate([secrets], { ignoreDuplicates: true, transaction });
}

/** Sends the link again, to an account that still needs it. The same answer for every address. */
export async function resend(server: Server, email: string, address: string): Promise<Ok> {
  for (const limit of emailLimits('resend', email, address)) await countTry(server, limit);
  return inEqualTime(async () => {
    await transact(server, visitor(server), async (tx) => {
      const person = await findPerson(server, { email, status: 'unverified' }, tx.transaction);
      if (person) await sendFirstEmail(tx, person);
    });
  });
}

/** The e-mail by which an account that is not verified yet gets going: its own link, or the admin's invitation. */
export async function sendFirstEmail(tx: Tx, person: { id: string; email: string }): Promise<void> {
  const registration = await registrationOf(tx, person.id);
  const to = { recipient: person.email, person: person.id, event: `at ${tx.now}` };
  if (!registration) {
    return queueEmail(tx, { kind: 'invitation', document: person.id, payload: {}, ...to });
  }
  const payload = { registration: registration.id };
  return queueEmail(tx, { kind: 'verify-email', document: registration.id, payload, ...to });
}

/** The first registration of an account: of several, who came first; null where an admin made the account. */
async function registrationOf(tx: Tx, person: string): Promise<{ id: string } | null> {
  return findRow(tx.server.models.registrations, {
    where: { person },
    order: [['createdAt', 'ASC']],
    transaction: tx.transaction,
  });
}

/**
 * Proves an address: the account becomes verified with the name and password of the registration whose e-mail it was.
 *
 * @throws DomainError 'bad-token'; 'taken' where the username is somebody else's: the token stays good for another
 */
export async function verify(
  server: Server,
  given: { token: string; username?: string | undefined },
  address: string,
): Promise<Ok> {
  await countTry(server, tokenLimit(address));
  await transact(server, visitor(server), async (tx) => {
    const { transaction } = tx;
    const { person: id, registration } = await readToken(tx, given.token, ['verify']);
    const wanted = await findRow(server.models.registrations, { where: { id: registration }, transaction });
    const person = await tx.load(people, id);
    if (!wanted || !person || !['unverified', 'outside'].includes(person.status))
      throw new DomainError('bad-token', 'token');
    const username = given.username ?? wanted.username;
    const holder = await findPerson(server, { username }, transaction);
    if (holder && holder.id !== id) throw new DomainError('taken', 'username', username);
    await useToken(tx, given.token, ['verify']);
    const displayName = person.displayName === wanted.username ? username : person.displayName;
    await tx.update(people, person, { status: 'verified', username, displayName });
    const secrets = { passwordHash: wanted.passwordHash, changedAt: tx.now };
    await server.models.credentials.update(secrets, { where: { person: id }, transaction });
    await server.models.registrations.destroy({ where: { person: id }, transaction });
  });
  return ok;
}
