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
/** ER_ROW_IS_REFERENCED_2: an order, a ticket, an invoice … names the person. */
const referenced = 1451;

async function theirs(tx: Tx, id: string): Promise<Person> {
  const person = await tx.load(people, id);
  if (!person) throw new DomainError('not-found', 'id');
  return person;
}

/** A new account by an admin: an e-mail invites its owner to set a password. @throws DomainError 'taken' naming the field */
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
        available: card.role !== 'client',
        preferences: allEmails,
        identity: null,
        taxTreatment: null,
      },
    });
    const secrets = { person: person.id, passwordHash: null, changedAt: tx.now, epoch: 0 };
    await server.models.credentials.create(secrets, { transaction: tx.transaction });
    await sendFirstEmail(tx, person);
    return { id: person.id };
  });
  return result;
}

/** Changes a card. Another e-mail address opens the account to whoever reads it: it asks for the admin's password. */
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
    const person = await theirs(tx, id);
    const moves = card.email !== undefined && person.email !== card.email;
    const patch = Object.fromEntries(Object.entries(card).filter(([, value]) => value !== undefined));
    const changed = await changeByCommand(tx, people, { before: person, patch });
    if (!moves) return;
    await endTokens(tx, id);
    if (changed.status === 'unverified') await sendFirstEmail(tx, changed);
  });
  return ok;
}

/** Another role: other rights, so the person's replicas are made anew. @throws DomainError 'last-admin' */
export async function setRole(
  server: Server,
  actor: Actor,
  { id, role, proof }: { id: string; role: Person['role']; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await theirs(tx, id);
    if (person.role === 'admin' && role !== 'admin') await notTheLastAdmin(tx, person);
    await changeByCommand(tx, people, { before: person, patch: { role } });
  });
  return ok;
}

/** Disables (sessions and live sync end at once, replicas are wiped) or enables again. @throws DomainError 'last-admin' */
export async function setStatus(
  server: Server,
  actor: Actor,
  { id, status, proof }: { id: string; status: 'verified' | 'disabled'; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await theirs(tx, id);
    if (status === 'disabled') await notTheLastAdmin(tx, person);
    // Who never had a password is somebody outside again.
    const { transaction } = tx;
    const credentials = await findRow(server.models.credentials, { where: { person: id }, transaction });
    const patch = { status: status === 'verified' && !credentials ? ('outside' as const) : status };
    await changeByCommand(tx, people, { before: person, patch });
  });
  return ok;
}

/** Removes an account that left no trace but itself. @throws DomainError 'has-documents', 'last-admin' */
export async function removePerson(
  server: Server,
  actor: Actor,
  { id, proof }: { id: string; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  try {
    await transact(server, commandBy(server, actor), async (tx) => {
      const person = await theirs(tx, id);
      authorizeRemove(actor, 'people', person);
      await notTheLastAdmin(tx, person);
      await removeAccount(tx, person);
    });
  } catch (error) {
    if (errorNumber(error) === referenced) throw new DomainError('has-documents', 'id');
    throw error;
  }
  return ok;
}

/** Deletes an account with its sessions; the database refuses where a document names the person. */
export async function removeAccount(tx: Tx, person: Person): Promise<void> {
  await endSessions(tx, person.id, { why: 'removed' });
  await tx.remove(people, person);
}

/** The e-mail by which an account gets going, once more. */
export async function resendTo(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await theirs(tx, id);
    if (person.status !== 'unverified') throw new DomainError('not-allowed', 'status');
    await sendFirstEmail(tx, person);
    tx.note({ collection: 'people', document: id, action: 'resend' });
  });
  return ok;
}

/** For somebody who lost phone and recovery codes: they can set up another second factor at the next sign-in. */
export async function removeTotpOf(
  server: Server,
  actor: Actor,
  { id, proof }: { id: string; proof: Proof },
): Promise<Ok> {
  await prove(server, actor.id, proof);
  await transact(server, commandBy(server, actor), async (tx) => {
    const person = await theirs(tx, id);
    await dropTotp(tx, id);
    await endSessions(tx, id);
    tx.note({ collection: 'credentials', document: id, action: 'totp-off' });
    await notifyOfAccountChange(tx, person, 'totp-off');
  });
  return ok;
}

export async function endSessionsOf(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    await theirs(tx, id);
    const ended = await endSessions(tx, id);
    tx.note({ collection: 'sessions', document: id, action: 'end', changes: { sessions: [ended, 0] } });
  });
  return ok;
}

/** All admins are locked, so that two of them can't demote each other at the same moment. */
async function notTheLastAdmin(tx: Tx, { id, role, status }: Person): Promise<void> {
  if (role !== 'admin' || status !== 'verified') return;
  const admins = await findIds(tx.server, people, {
    where: { role: 'admin', status: 'verified' },
    lock: tx.transaction.LOCK.UPDATE,
    transaction: tx.transaction,
  });
  if (admins.every((admin) => admin === id)) throw new DomainError('last-admin');
}
