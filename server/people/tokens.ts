import { createHash, randomBytes } from 'node:crypto';
import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Server, Tx } from '../context.ts';
import { findRow } from '../models/rows.ts';

export type TokenPurpose = 'verify' | 'reset' | 'invite' | 'email';

const hour = 3_600_000;
/** A link to prove an address has time until the day after tomorrow; one that sets a password is short; an invitation may wait a week. */
export const lifetimes: Record<TokenPurpose, number> = {
  verify: 48 * hour,
  email: 48 * hour,
  reset: 2 * hour,
  invite: 168 * hour,
};

export type TokenRow = { person: string; registration: string | null; email: string | null };

/**
 * A new one-time token of 256 random bits; the database keeps its SHA-256 only, so it is made while its e-mail is
 * written and stands nowhere else. An e-mail that is sent again carries another; using one ends all of them.
 */
export async function mintToken(
  server: Server,
  wanted: { purpose: TokenPurpose; person: string; registration?: string; email?: string },
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const now = server.now();
  await server.models.tokens.create({
    registration: null,
    email: null,
    ...wanted,
    hash: hashOf(token),
    createdAt: now,
    expiresAt: now + lifetimes[wanted.purpose],
    usedAt: null,
  });
  return token;
}

/** What a token stands for, without using it. @throws DomainError 'bad-token' where it is unknown, used or too old */
export async function readToken(
  tx: Tx,
  token: string,
  purposes: readonly TokenPurpose[],
): Promise<TokenRow & { purpose: TokenPurpose }> {
  const row = await findRow(tx.server.models.tokens, {
    where: { hash: hashOf(token), purpose: [...purposes], usedAt: null, expiresAt: { [Op.gt]: tx.now } },
    lock: tx.transaction.LOCK.UPDATE,
    transaction: tx.transaction,
  });
  if (!row) throw new DomainError('bad-token', 'token');
  return row;
}

/**
 * Uses a token: of several that try at once, one gets it (the row is locked by readToken). All others of the same
 * purpose and person end with it.
 */
export async function useToken(
  tx: Tx,
  token: string,
  purposes: readonly TokenPurpose[],
): Promise<TokenRow & { purpose: TokenPurpose }> {
  const row = await readToken(tx, token, purposes);
  await endTokens(tx, row.person, purposes);
  return row;
}

/** Ends all open tokens of a person, or those of some purposes. */
export async function endTokens(
  tx: Tx,
  person: string,
  purposes: readonly TokenPurpose[] = ['verify', 'reset', 'invite', 'email'],
): Promise<void> {
  await tx.server.models.tokens.update(
    { usedAt: tx.now },
    { where: { person, purpose: [...purposes], usedAt: null }, transaction: tx.transaction },
  );
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
