import { isClient, isAdmin } from '#shared/people/role.ts';
import { DomainError } from '#shared/errors.ts';
import type { Proof } from '#shared/people/account-input.ts';
import { errorNumber } from '#sync/server/in-transaction.ts';
import { findDocument, findIds } from '#sync/server/row.ts';
import { changeByCommand, createByCommand } from '#sync/server/write.ts';
import { notifyOfAccountChange } from './notify.ts';
import { findRow } from '../models/rows.ts';
import { prove } from './prove.ts';
import { sendFirstEmail } from './register.ts';
import { endSessions } from './sessions.ts';
import { endTokens } from './tokens.ts';
import { dropTotp } from './totp.ts';
import type { Actor } from '#shared/people/actor.ts';
import { authorizeRemove } from '#shared/rights.ts';
import { type Server, transact, type Tx, commandBy } from '../context.ts';
import { allEmails, people, type Person } from '#shared/people/schema.ts';
import type { Ok } from '#shared/ok.ts';
import type { NewPerson, PersonEdit } from '#shared/people/admin-input.ts';

const ok: Ok = { ok: true };
/** ER_ROW_IS_REFERENCED_2: an order, a ticket, an invoice … refers to the person. */
const rowIsReferenced = 1451;

async function loadPerson(tx: Tx, id: string): Promise<Person> {
  const person = await tx.load(people, id);
  if (!person) throw new DomainError('not-found', 'id');
  return person;
}

/** Adds an account. An e-mail invites its owner to set a password. @throws DomainError 'taken' naming the field */
export async function addPerson(
  server: Server,
  actor: Actor,
  { proof, ...card }: NewPerson,
): Promise<{ id: string }> {
  await prove(server, actor.id, proof);
  const { result } = await transact(server, commandBy(server, actor), async (tx) => {
    const person = await createByCommand(tx, people, {
      input: { ...card, status: 'unverified' },
      given: {
        id: server.newId(),
        available: !isClient(card),
        preferences: allEmails,
        identity: null,
        taxTreatment: null,
        taxHold: null,
      },
    });
    const secrets = { person: person.id, passwordHash: null, changedAt: tx.now, epoch: 0 };
    await server.models.credentials.create(secrets, { transaction: tx.transaction });
    await sendFirstEmail(tx, person);
    return { id: person.id };
  });
  return result;
}

/** Changes a card. The reader of a new e-mail address can open the account, so it requires the admin's password. */
export async function editPerson(
  server: Server,
  actor: Actor,
  { id, proof, ...card }: PersonEdit,
): Promise<Ok> {
  const current = await findDocument(server, people, { where: { id } });
  if (card.email !== undefined && card.email !== current?.email) {
    if (!proof) throw new DomainError('wrong-credentials', 'proof');
    await prove(server, actor.id, proof);
  }
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await loadPerson(tx, id);
    const changesAddress = card.email !== undefined && person.email !== card.email;
    const patch = Object.fromEntries(Object.entries(card).filter(([, value]) => value !== undefined));
    const changed = await changeByCommand(tx, people, { before: person, patch });
    if (!changesAddress) return;
    await endTokens(tx, id);
    if (changed.status === 'unverified') await sendFirstEmail(tx, changed);
  });
  return ok;
}

/** Sets a role. The rights change with it, so the person's replicas are rebuilt. @throws DomainError 'last-admin' */
export async function setRole(
  server: Server,
  actor: Actor,
  { id, role, proof }: { id: string; role: Person['role']; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await loadPerson(tx, id);
    if (isAdmin(person) && !isAdmin({ role })) await checkNotLastAdmin(tx, person);
    await changeByCommand(tx, people, { before: person, patch: { role } });
  });
  return ok;
}

/**
 * Enables an account, or disables it: sessions and live sync end at once, and replicas are wiped.
 *
 * @throws DomainError 'last-admin'
 */
export async function setStatus(
  server: Server,
  actor: Actor,
  { id, status, proof }: { id: string; status: 'verified' | 'disabled'; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await loadPerson(tx, id);
    if (status === 'disabled') await checkNotLastAdmin(tx, person);
    // A person without credentials becomes a person outside again.
    const { transaction } = tx;
    const credentials = await findRow(server.models.credentials, { where: { person: id }, transaction });
    const patch = { status: status === 'verified' && !credentials ? ('outside' as const) : status };
    await changeByCommand(tx, people, { before: person, patch });
  });
  return ok;
}

/** Removes an account that no document refers to. @throws DomainError 'has-documents', 'last-admin' */
export async function removePerson(
  server: Server,
  actor: Actor,
  { id, proof }: { id: string; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  try {
    await transact(server, commandBy(server, actor), async (tx) => {
      const person = await loadPerson(tx, id);
      authorizeRemove(actor, 'people', person);
      await checkNotLastAdmin(tx, person);
      await removeAccount(tx, person);
    });
  } catch (error) {
    if (errorNumber(error) === rowIsReferenced) throw new DomainError('has-documents', 'id');
    throw error;
  }
  return ok;
}

/** Deletes an account and ends its sessions. The database refuses if a document refers to the person. */
export async function removeAccount(tx: Tx, person: Person): Promise<void> {
  await endSessions(tx, person.id, { why: 'removed' });
  await tx.remove(people, person);
}

/** Sends the first e-mail of an unverified account again. @throws DomainError 'not-allowed' if it is not unverified */
export async function resendTo(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await loadPerson(tx, id);
    if (person.status !== 'unverified') throw new DomainError('not-allowed', 'status');
    await sendFirstEmail(tx, person);
    tx.note({ collection: 'people', document: id, action: 'resend' });
  });
  return ok;
}

/** Removes the second factor of a person who lost phone and recovery codes. They can set up another one. */
export async function removeTotpOf(
  server: Server,
  actor: Actor,
  { id, proof }: { id: string; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await loadPerson(tx, id);
    await dropTotp(tx, id);
    await endSessions(tx, id);
    tx.note({ collection: 'credentials', document: id, action: 'totp-off' });
    await notifyOfAccountChange(tx, person, 'totp-off');
  });
  return ok;
}

/** Ends all sessions of a person. */
export async function endSessionsOf(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    await loadPerson(tx, id);
    const ended = await endSessions(tx, id);
    tx.note({ collection: 'sessions', document: id, action: 'end', changes: { sessions: [ended, 0] } });
  });
  return ok;
}

/** Locks all admins, so that two of them cannot demote each other at the same time. @throws DomainError 'last-admin' */
async function checkNotLastAdmin(tx: Tx, { id, role, status }: Person): Promise<void> {
  if (!isAdmin({ role }) || status !== 'verified') return;
  const admins = await findIds(tx.server, people, {
    where: { role: 'admin', status: 'verified' },
    lock: tx.transaction.LOCK.UPDATE,
    transaction: tx.transaction,
  });
  if (admins.every((admin) => admin === id)) throw new DomainError('last-admin');
}
