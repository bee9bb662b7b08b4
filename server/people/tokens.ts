import { createHash, randomBytes } from 'node:crypto';
import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Server, Tx } from '../context.ts';
import { findRow } from '../models/rows.ts';

export type TokenPurpose = 'verify' | 'reset' | 'invite' | 'email';

const hour = 3_600_000;
/** In milliseconds. The link to verify an address is valid for two days, a reset only briefly, an invitation for a week. */
export const lifetimes: Record<TokenPurpose, number> = {
  verify: 48 * hour,
  email: 48 * hour,
  reset: 2 * hour,
  invite: 168 * hour,
};

export type TokenRow = { person: string; registration: string | null; email: string | null };

/**
 * Creates a one-time token of 256 random bits. The database stores only its SHA-256, so the token is created while its
 * e-mail is rendered and exists nowhere else. An e-mail that is sent again has another token; using one ends all of them.
 */
export async function mintToken(
  server: Server,
  options: { purpose: TokenPurpose; person: string; registration?: string; email?: string },
): Promise<string> {
  const token = randomBytes(32).toString('base64url');
  const now = server.now();
  await server.models.tokens.create({
    registration: null,
    email: null,
    ...options,
    hash: hashOf(token),
    createdAt: now,
    expiresAt: now + lifetimes[options.purpose],
    usedAt: null,
  });
  return token;
}

/** Reads a token without using it. @throws DomainError 'bad-token' if it is unknown, used or expired */
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
 * Uses a token. Only one of several concurrent tries succeeds, because readToken locks the row. All other tokens of the
 * same purpose and person end with it.
 *
 * @throws DomainError 'bad-token'
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
