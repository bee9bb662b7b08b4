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
import { type Server, transact, type Tx, type Writer, jobWriter, visitorDevice } from '../context.ts';
import { allEmails, people, type Person } from '#shared/people/schema.ts';
import type { Ok } from '#shared/ok.ts';

/** Responses take this long whether or not an address has an account. The work takes much less. */
const answerMs = 500;
const ok: Ok = { ok: true };

/** Returns the writer for a request of a person who is not signed in. */
export function visitor(server: Server): Writer {
  return jobWriter(server, visitorDevice);
}

/** Runs work whose response must not reveal, even by its timing, whether an address has an account. */
export async function inEqualTime(work: () => Promise<unknown>): Promise<Ok> {
  const [result] = await Promise.allSettled([work(), sleep(answerMs)]);
  if (result.status === 'rejected') throw result.reason;
  return ok;
}

/**
 * Registers a client. The response is the same for every address. If the address has an account, its owner gets an
 * e-mail that says so; otherwise it gets a link to verify the address and to set a password. The password is set only
 * there: if it were part of the registration, whoever registers an address first would know the password of its owner.
 * Only that link reveals that a username is taken.
 *
 * @throws DomainError 'too-many-tries'
 */
export async function register(server: Server, input: Registration, address: string): Promise<Ok> {
  for (const limit of emailLimits('register', input.email, address)) await countTry(server, limit);
  return inEqualTime(async () => {
    try {
      await writeRegistration(server, input);
    } catch (error) {
      if (!(error instanceof DomainError) || error.code !== 'taken') throw error;
      await writeRegistration(server, input); // the name was taken meanwhile; the second try sees that
    }
  });
}

async function writeRegistration(server: Server, input: Registration): Promise<void> {
  await transact(server, visitor(server), async (tx) => {
    const known = await findPerson(server, { email: input.email }, tx.transaction);
    if (known?.status === 'outside') return inviteOutside(tx, known, input.username);
    if (known && known.status !== 'unverified') {
      const payload = { username: known.username };
      const message = { kind: 'email-known', document: server.newId(), payload } as const;
      return queueEmail(tx, { ...message, recipient: known.email, person: known.id });
    }
    // A person whom an admin invited gets the invitation again. A registration must not set their name.
    if (known && (await registrationOf(tx, known.id)) === null) return sendFirstEmail(tx, known);
    const person = known ?? (await createUnverified(tx, input));
    const registration = {
      id: server.newId(),
      person: person.id,
      username: input.username,
      createdAt: tx.now,
    };
    await server.models.registrations.create(registration, { transaction: tx.transaction });
    await queueEmail(tx, {
      kind: 'verify-email',
      document: registration.id,
      payload: { registration: registration.id, wanted: input.wanted ?? null },
      recipient: person.email,
      person: person.id,
    });
  });
}

/**
 * The address belongs to a person who wrote to us without an account. Invites them, so that they keep their tickets. Only
 * the owner of the mailbox can set the password.
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
    taxHold: null,
  });
  await createSecrets(tx, person);
  return person;
}

async function createSecrets({ server, transaction, now }: Tx, { id }: { id: string }): Promise<void> {
  const secrets = { person: id, passwordHash: null, changedAt: now, epoch: 0 };
  await server.models.credentials.bulkCreate([secrets], { ignoreDuplicates: true, transaction });
}

/** Sends the link again if the account is unverified. The response is the same for every address. */
export async function resend(server: Server, email: string, address: string): Promise<Ok> {
  for (const limit of emailLimits('resend', email, address)) await countTry(server, limit);
  return inEqualTime(async () => {
    await transact(server, visitor(server), async (tx) => {
      const person = await findPerson(server, { email, status: 'unverified' }, tx.transaction);
      if (person) await sendFirstEmail(tx, person);
    });
  });
}

/** Sends the first e-mail of an unverified account: the link of its registration, or the admin's invitation. */
export async function sendFirstEmail(tx: Tx, person: { id: string; email: string }): Promise<void> {
  const registration = await registrationOf(tx, person.id);
  const to = { recipient: person.email, person: person.id, event: `at ${tx.now}` };
  if (!registration) {
    return queueEmail(tx, { kind: 'invitation', document: person.id, payload: {}, ...to });
  }
  const payload = { registration: registration.id };
  return queueEmail(tx, { kind: 'verify-email', document: registration.id, payload, ...to });
}

/** Returns the earliest registration of an account, or null if an admin created the account. */
async function registrationOf(tx: Tx, person: string): Promise<{ id: string } | null> {
  return findRow(tx.server.models.registrations, {
    where: { person },
    order: [['createdAt', 'ASC']],
    transaction: tx.transaction,
  });
}

/**
 * Verifies an address and sets the first password. The account gets the name of the registration that the link belongs to.
 *
 * @throws DomainError 'bad-token', 'weak-password'; 'taken' if another person has the username: the token stays valid for
 *   another name
 */
export async function verify(
  server: Server,
  input: { token: string; password: string; username?: string | undefined },
  address: string,
): Promise<Ok> {
  await countTry(server, tokenLimit(address));
  const { name } = await settings(server);
  await checkPassword(input.password, [name]); // before the slow hash, and before the token is read
  const passwordHash = await hashPassword(input.password);
  await transact(server, visitor(server), async (tx) => {
    const { transaction } = tx;
    const { person: id, registration } = await readToken(tx, input.token, ['verify']);
    const pending = await findRow(server.models.registrations, { where: { id: registration }, transaction });
    const person = await tx.load(people, id);
    if (!pending || !person || !['unverified', 'outside'].includes(person.status))
      throw new DomainError('bad-token', 'token');
    const username = input.username ?? pending.username;
    const holder = await findPerson(server, { username }, transaction);
    if (holder && holder.id !== id) throw new DomainError('taken', 'username', username);
    await checkPassword(input.password, [username, person.email]);
    await useToken(tx, input.token, ['verify']);
    const displayName = person.displayName === pending.username ? username : person.displayName;
    await tx.update(people, person, { status: 'verified', username, displayName });
    await server.models.credentials.update(
      { passwordHash, changedAt: tx.now },
      { where: { person: id }, transaction },
    );
    await server.models.registrations.destroy({ where: { person: id }, transaction });
  });
  return ok;
}
