import { createHash, randomInt } from 'node:crypto';
import { Secret, TOTP } from 'otpauth';
import { Op } from 'sequelize';
import { DomainError } from '#shared/errors.ts';
import type { Server, Tx } from '../context.ts';
import { findRow } from '../models/rows.ts';
import type { Person } from '#shared/people/schema.ts';

/** Second factor: time-based codes (RFC 6238: SHA-1, 6 digits, 30 s, as every authenticator app expects). */
const periodMs = 30_000;
const recoveryCodes = 10;
/** Without letters and digits that are easily confused. */
const alphabet = 'ABCDEFGHJKMNPQRSTUVWXYZ23456789';

function totpOf(secret: string, label = '', issuer = ''): TOTP {
  return new TOTP({ issuer, label, secret: Secret.fromBase32(secret), digits: 6, period: periodMs / 1000 });
}

/** Creates a secret, which takes effect when a code of it is confirmed. @throws DomainError 'not-allowed' if one exists */
export async function newSecret(
  tx: Tx,
  person: Person,
  issuer: string,
): Promise<{ secret: string; uri: string }> {
  const secret = new Secret({ size: 20 }).base32;
  const { transaction } = tx;
  const { models } = tx.server;
  await models.totp.destroy({ where: { person: person.id, confirmedAt: null }, transaction });
  const existing = await models.totp.count({ where: { person: person.id }, transaction });
  if (existing > 0) throw new DomainError('not-allowed', 'code');
  await models.totp.create({ person: person.id, secret, confirmedAt: null, lastStep: 0 }, { transaction });
  return { secret, uri: totpOf(secret, person.username, issuer).toString() };
}

/** Activates the new secret. @returns the recovery codes, which are shown once @throws DomainError 'wrong-code' */
export async function confirmSecret(tx: Tx, person: string, code: string): Promise<string[]> {
  const { models } = tx.server;
  const { transaction } = tx;
  const row = await findRow(models.totp, {
    where: { person, confirmedAt: null },
    lock: transaction.LOCK.UPDATE,
    transaction,
  });
  const step = row && stepOf(row.secret, code, tx.now);
  if (step === null) throw new DomainError('wrong-code', 'code');
  await models.totp.update({ confirmedAt: tx.now, lastStep: step }, { where: { person }, transaction });
  return makeRecoveryCodes(tx, person);
}

/** Replaces the recovery codes of a person. They are stored hashed. */
export async function makeRecoveryCodes(tx: Tx, person: string): Promise<string[]> {
  const { transaction } = tx;
  const codes = Array.from({ length: recoveryCodes }, () =>
    Array.from({ length: 12 }, () => alphabet[randomInt(alphabet.length)]).join(''),
  );
  await tx.server.models.recoveryCodes.destroy({ where: { person }, transaction });
  await tx.server.models.recoveryCodes.bulkCreate(
    codes.map((code) => ({ person, hash: hashOf(person, code), usedAt: null })),
    { transaction },
  );
  return codes.map((code) => code.replace(/(.{4})(?=.)/g, '$1-'));
}

/**
 * Checks a code of the authenticator app, or uses up a recovery code. A code works once: the step of the last one is
 * stored and advanced in one statement, so that one of two concurrent uses is refused.
 */
export async function checkCode(server: Server, person: string, typed: string): Promise<boolean> {
  const code = typed.replace(/[\s-]/g, '').toUpperCase();
  const row = await findRow(server.models.totp, {
    where: { person, confirmedAt: { [Op.ne]: null } },
  });
  if (!row) return false;
  if (!/^\d{6}$/.test(code)) {
    const [used] = await server.models.recoveryCodes.update(
      { usedAt: server.now() },
      { where: { person, hash: hashOf(person, code), usedAt: null } },
    );
    return used === 1;
  }
  const step = stepOf(row.secret, code, server.now());
  if (step === null) return false;
  const [moved] = await server.models.totp.update(
    { lastStep: step },
    { where: { person, lastStep: { [Op.lt]: step } } },
  );
  return moved === 1;
}

export async function dropTotp(tx: Tx, person: string): Promise<void> {
  const { transaction } = tx;
  await tx.server.models.totp.destroy({ where: { person }, transaction });
  await tx.server.models.recoveryCodes.destroy({ where: { person }, transaction });
}

/** Returns the time step of a right code, or null. The clock may be wrong by one step either way. */
function stepOf(secret: string, code: string, now: number): number | null {
  const delta = totpOf(secret).validate({ token: code, timestamp: now, window: 1 });
  return delta === null ? null : Math.floor(now / periodMs) + delta;
}

/** A code has 59 bits, so its plain hash cannot be searched. The person makes the hashes of equal codes differ. */
function hashOf(person: string, code: string): string {
  return createHash('sha256').update(`${person} ${code}`).digest('hex');
}
