import { createHash, randomBytes } from 'node:crypto';
import type { Server } from '../../context.ts';
import { findRow } from '../../models/rows.ts';

/** RFC 4648 without padding, lower case: a mail server may fold the case of what stands before the @. */
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * The address to answer an e-mail at: 128 random bits that stand for one person and one ticket, of which the database
 * keeps the SHA-256. 32 of the 64 octets that a local part may have (RFC 5321).
 */
export async function replyAddress(
  server: Server,
  { domain, ticket, person }: { domain: string; ticket: string; person: string },
): Promise<string> {
  const token = base32Of(randomBytes(16));
  await server.models.mailTokens.create({ hash: hashOf(token), ticket, person, createdAt: server.now() });
  return `reply+${token}@${domain}`;
}

/** The token in one of these addresses; null where there is none. */
export function tokenIn(recipients: readonly string[]): string | null {
  for (const address of recipients) {
    const found = /^reply\+([a-z2-7]{26})@/.exec(address)?.[1];
    if (found) return found;
  }
  return null;
}

/** Whom and which ticket a token stands for; null: nobody made it. */
export async function readReplyToken(
  server: Server,
  token: string,
): Promise<{ ticket: string; person: string } | null> {
  return findRow(server.models.mailTokens, { where: { hash: hashOf(token) } });
}

function hashOf(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function base32Of(bytes: Buffer): string {
  let bits = BigInt(`0x${bytes.toString('hex')}`);
  let text = '';
  for (let i = 0; i < 26; i += 1) {
    text = (base32[Number(bits & 31n)] ?? '') + text;
    bits >>= 5n;
  }
  return text;
}
