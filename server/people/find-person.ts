import { isClient } from '#shared/people/role.ts';
import { Op, QueryTypes, type Transaction, type WhereOptions } from 'sequelize';
import { findDocument, toDocument } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';
import { canonicalEmail } from '#shared/people/email-address.ts';
import { people, type Person } from '#shared/people/schema.ts';

/** Finds a person by username or e-mail, in the form in which they are stored. Null if there is none. */
export async function findByLogin(server: Server, login: string): Promise<Person | null> {
  const name = canonicalEmail(login);
  // Usernames are ASCII, and so is their column. It can only be compared with ASCII text.
  const isAscii = /^[\x20-\x7e]*$/.test(name);
  const person = await findPerson(
    server,
    isAscii ? { [Op.or]: [{ username: name }, { email: name }] } : { email: name },
  );
  // MariaDB also finds ana for ána. Only an exact match counts.
  return person && [person.username, person.email].includes(name) ? person : null;
}

export async function findPerson(
  server: Server,
  where: WhereOptions,
  transaction?: Transaction,
): Promise<Person | null> {
  return findDocument(server, people, { where, transaction });
}

/** The person who makes a request, their access epoch, and whether they have a second factor. */
export type Access = { person: Person; epoch: number; totp: boolean };

/** Reads person, access epoch and second factor in one query, because every request needs them. */
export async function findAccess(server: Server, id: string): Promise<Access | null> {
  const rows = await server.db.query<Record<string, unknown> & { epoch: string; totp: string }>(
    `SELECT p.id, p.created_at AS createdAt, p.updated_at AS updatedAt, p.written_at AS writtenAt, p.seq,
       p.username, p.display_name AS displayName, p.email, p.role, p.status, p.language, p.available,
       p.preferences, p.identity, p.tax_treatment AS taxTreatment, p.tax_hold AS taxHold,
       c.epoch, t.confirmed_at IS NOT NULL AS totp
     FROM people p JOIN credentials c ON c.person = p.id LEFT JOIN totp t ON t.person = p.id WHERE p.id = ?`,
    { replacements: [id], type: QueryTypes.SELECT },
  );
  const [row] = rows;
  if (!row) return null;
  return { person: toDocument(people, row), epoch: Number(row.epoch), totp: Boolean(Number(row.totp)) };
}

/** True if the person must set up a second factor: staff in production. Elsewhere it is optional. */
export function needsTotp(server: Server, { person, totp }: Pick<Access, 'person' | 'totp'>): boolean {
  return server.config.production && !isClient(person) && !totp;
}

/** Returns the password's hash, or null if the account has none yet (invited, not verified). */
export async function passwordHashOf(server: Server, person: string): Promise<string | null> {
  const row = await findRow(server.models.credentials, { where: { person } });
  return row?.passwordHash ?? null;
}
