import { createHash, randomBytes } from 'node:crypto';
import { DomainError } from '#shared/errors.ts';
import type { Ok } from '#shared/ok.ts';
import type { Actor } from '#shared/people/actor.ts';
import { isClient } from '#shared/people/role.ts';
import { view } from '#shared/rights.ts';
import { tickets, type Ticket } from '#shared/tickets/schema.ts';
import { commandBy, transact, type Server } from '../../context.ts';
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

/** The tokens in these addresses. */
export function tokensIn(recipients: readonly string[]): string[] {
  const found = recipients.flatMap((address) => /^reply\+([a-z2-7]{26})@/.exec(address)?.[1] ?? []);
  return [...new Set(found)];
}

/** The key of an e-mail that was sent to this reply address. Delivered twice it has the same key. */
export function keyFor(mailKey: string, token: string | null): string {
  return token === null ? mailKey : hashOf(`${mailKey} ${token}`);
}

/** How long an answer may come after its ticket was closed. */
const afterCloseMs = 60 * 86_400_000;

/** True if the reply addresses of a ticket are no longer accepted. They work again when the ticket is opened again. */
export function isExpired({ status, closedAt }: Pick<Ticket, 'status' | 'closedAt'>, now: number): boolean {
  return status !== 'open' && closedAt !== null && now - closedAt > afterCloseMs;
}

/** Ends all reply addresses of a ticket, because one may be in wrong hands. The next e-mails have new ones. */
export async function renewReplyAddresses(server: Server, actor: Actor, id: string): Promise<Ok> {
  await transact(server, commandBy(server, actor), async (tx) => {
    const ticket = await tx.load(tickets, id);
    if (!ticket || !view(actor, 'tickets', ticket) || isClient(actor))
      throw new DomainError('not-found', 'id');
    await server.models.mailTokens.destroy({ where: { ticket: id }, transaction: tx.transaction });
    tx.note({ collection: 'mailTokens', document: id, action: 'renew' });
  });
  return { ok: true };
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
