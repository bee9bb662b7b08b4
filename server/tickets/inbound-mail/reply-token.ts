import { createHash, randomBytes } from 'node:crypto';
import type { Server } from '../../context.ts';
import { findRow } from '../../models/rows.ts';

/** RFC 4648 without padding, in lower case: a mail server may change the case of the part before the @. */
const base32 = 'abcdefghijklmnopqrstuvwxyz234567';

/**
 * Creates a reply address for one person and one ticket. Its token has 128 random bits; the database stores only their
 * SHA-256. The part before the @ has 32 of the 64 octets that RFC 5321 allows.
 */
export async function replyAddress(
  server: Server,
  { domain, ticket, person }: { domain: string; ticket: string; person: string },
): Promise<string> {
  const token = base32Of(randomBytes(16));
  await server.models.mailTokens.create({ hash: hashOf(token), ticket, person, createdAt: server.now() });
  return `reply+${token}@${domain}`;
}

/** The token in the first of these addresses that has one, or null. */
export function tokenIn(recipients: readonly string[]): string | null {
  for (const address of recipients) {
    const found = /^reply\+([a-z2-7]{26})@/.exec(address)?.[1];
    if (found) return found;
  }
  return null;
}

/** The ticket and person of a token, or null if the token does not exist. */
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
