import { Op, QueryTypes, type Transaction, type WhereOptions } from 'sequelize';
import { findDocument, toDocument } from '#sync/server/row.ts';
import type { Server } from '../context.ts';
import { findRow } from '../models/rows.ts';
import { people, type Person } from '#shared/people/schema.ts';

/** A person by username or e-mail, folded as both are kept; null where nobody has it. */
export async function findByLogin(server: Server, login: string): Promise<Person | null> {
  const name = login.trim().toLowerCase();
  // Usernames are ASCII, and so is their column: it is not compared with anything else.
  const isAscii = /^[\x20-\x7e]*$/.test(name);
  const person = await findPerson(
    server,
    isAscii ? { [Op.or]: [{ username: name }, { email: name }] } : { email: name },
  );
  // MariaDB finds ana for ána too: only the very same e-mails are the name.
  return person && [person.username, person.email].includes(name) ? person : null;
}

export async function findPerson(
  server: Server,
  where: WhereOptions,
  transaction?: Transaction,
): Promise<Person | null> {
  return findDocument(server, people, { where, transaction });
}

/** What a request needs to know of who makes it, beside the person. */
export type Access = { person: Person; epoch: number; totp: boolean };

/** Person, access epoch and second factor in one query: it is asked at every request. */
export async function findAccess(server: Server, id: string): Promise<Access | null> {
  const rows = await server.db.query<Record<string, unknown> & { epoch: string; totp: string }>(
    `SELECT p.id, p.created_at AS createdAt, p.updated_at AS updatedAt, p.written_at AS writtenAt, p.seq,
       p.username, p.display_name AS displayName, p.email, p.role, p.status, p.language, p.available,
       p.preferences, p.identity, p.tax_treatment AS taxTreatment,
       c.epoch, t.confirmed_at IS NOT NULL AS totp
     FROM people p JOIN credentials c ON c.person = p.id LEFT JOIN totp t ON t.person = p.id WHERE p.id = ?`,
    { replacements: [id], type: QueryTypes.SELECT },
  );
  const [row] = rows;
  if (!row) return null;
  return { person: toDocument(people, row), epoch: Number(row.epoch), totp: Boolean(Number(row.totp)) };
}

/** Staff must have a second factor in production; elsewhere it is offered. */
export function needsTotp(server: Server, { person, totp }: Pick<Access, 'person' | 'totp'>): boolean {
  return server.config.production && person.role !== 'client' && !totp;
}

/** The password's hash; null where the account has none yet (invited, not verified). */
export async function passwordHashOf(server: Server, person: string): Promise<string | null> {
  const row = await findRow(server.models.credentials, { where: { person } });
  return row?.passwordHash ?? null;
}
