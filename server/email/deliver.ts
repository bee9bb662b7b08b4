import { Op } from 'sequelize';
import { backoff } from '#shared/engine/backoff.ts';
import type { Server } from '../context.ts';
import { guarded } from '../limits/guarded.ts';
import { inTransaction } from '#sync/server/in-transaction.ts';
import { findRows } from '../models/rows.ts';
import { due } from './due-emails.ts';
import { pauseMail, pauseOf, resumeMail } from './pause.ts';
import { EmailObsolete } from './template.ts';
import type { OutgoingMail, Transport } from './transport.ts';

/** An e-mail of the outbox that is due to be rendered and sent. */
export type OutboxEmail = {
  id: string;
  kind: string;
  document: string;
  payload: unknown;
  recipient: string;
  person: string | null;
  attempts: number;
  messageId: string;
  createdAt: number;
};

/**
 * Reads what the e-mails of one batch have in common, such as the settings, and returns what renders each of them for the
 * mail server. That throws EmailObsolete if the e-mail no longer applies.
 */
export type Render = (server: Server) => Promise<(email: OutboxEmail) => Promise<OutgoingMail>>;

const batch = 20;
/** Longer than any SMTP dialogue can take. After this time another worker may take over the e-mail. */
const claimMs = 5 * 60_000;
const firstRetryMs = 30_000;
const longestRetryMs = 6 * 3_600_000;

/**
 * Delivers due e-mails, each at least once. An e-mail is sent again, with the same Message-ID, whenever its acceptance
 * could not be recorded: the worker was killed after the mail server's "250", the connection was lost, or the claim had
 * expired.
 *
 * @returns the number of claimed e-mails
 */
export async function deliverDue(
  server: Server,
  { transport, render }: { transport: Transport; render: Render },
): Promise<number> {
  const pause = await pauseOf(server);
  if (pause && pause.until > server.now()) return 0;
  const claim = server.newId();
  // After a pause, try one e-mail first to see whether the mail server accepts it.
  const emails = await claimDue(server, claim, pause ? 1 : batch);
  if (emails.length === 0) return 0;
  server.atStep('emails: claimed');
  try {
    await deliverAll(server, { emails, claim, isPaused: pause !== null, transport, render });
  } catch (error) {
    // The database failed during the batch. Unsent e-mails must not wait until the claim expires.
    await releaseClaim(server, claim).catch(() => undefined);
    throw error;
  }
  return emails.length;
}

type Batch = {
  emails: readonly OutboxEmail[];
  claim: string;
  isPaused: boolean;
  transport: Transport;
  render: Render;
};

async function deliverAll(
  server: Server,
  { emails, claim, isPaused, transport, render }: Batch,
): Promise<void> {
  const renderOne = await render(server);
  for (const email of emails) {
    const claimed = { id: email.id, claim };
    // The previous e-mails may have taken long. Continue only if we still hold the claim.
    if (!(await renew(server, claimed))) continue;
    const failure = await failureOf(() =>
      guarded(async () => transport.send(await renderOne(email)), claimMs),
    );
    if (failure === null) server.atStep('emails: accepted by the mail server, not marked');
    await finish(
      server,
      claimed,
      failure === null ? sentAt(server) : afterFailure(server, email, failure.error),
    );
    server.atStep('emails: marked');
    if (failure !== null && refusesUs(failure.error)) {
      await releaseClaim(server, claim);
      await pauseMail(server, errorText(failure.error));
      break;
    }
    if (failure === null && isPaused) await resumeMail(server);
  }
}

/** Claims due e-mails in a separate transaction, which commits before we connect to a mail server. */
async function claimDue(server: Server, claim: string, limit: number): Promise<OutboxEmail[]> {
  return inTransaction(server.db, async (transaction) => {
    const emails = await findRows(server.models.outbox, {
      where: due(server.now()),
      order: [['notBefore', 'ASC']],
      limit,
      lock: transaction.LOCK.UPDATE,
      skipLocked: true,
      transaction,
    });
    await server.models.outbox.update(
      { state: 'sending', claim, claimedUntil: server.now() + claimMs },
      { where: { id: { [Op.in]: emails.map(({ id }) => id) } }, transaction },
    );
    return emails;
  });
}

async function failureOf(work: () => Promise<void>): Promise<{ error: unknown } | null> {
  try {
    await work();
    return null;
  } catch (error) {
    return { error };
  }
}

function sentAt(server: Server): Record<string, unknown> {
  return { state: 'sent', sentAt: server.now(), lastError: null };
}

async function renew(server: Server, { id, claim }: { id: string; claim: string }): Promise<boolean> {
  const claimedUntil = server.now() + claimMs;
  const [held] = await server.models.outbox.update(
    { claimedUntil, state: 'sending' },
    { where: { id, claim } },
  );
  return held > 0;
}

/** Stores the result of an e-mail, but only if we still hold the claim. */
async function finish(
  server: Server,
  { id, claim }: { id: string; claim: string },
  end: Record<string, unknown>,
): Promise<void> {
  await server.models.outbox.update({ ...end, claim: null, claimedUntil: 0 }, { where: { id, claim } });
}

function afterFailure(server: Server, row: OutboxEmail, error: unknown): Record<string, unknown> {
  if (error instanceof EmailObsolete) return { state: 'cancelled', lastError: errorText(error) };
  const attempts = row.attempts + 1;
  const lastError = errorText(error);
  server.log.warn({ email: row.id, kind: row.kind, attempts, error: lastError }, 'e-mail not delivered');
  if (isPermanent(error)) return { state: 'failed', attempts, lastError };
  const wait = backoff({ attempt: row.attempts, first: firstRetryMs, longest: longestRetryMs });
  return { state: 'scheduled', attempts, lastError, notBefore: server.now() + wait };
}

function errorText(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s+/g, ' ').slice(0, 500);
}

/** A permanent failure is 5xx (not 503) in reply to MAIL, RCPT or DATA. Everything else is retried. */
function isPermanent(error: unknown): boolean {
  const { responseCode, command } = (error ?? {}) as { responseCode?: number; command?: string };
  const dialogue = /^(MAIL FROM|RCPT TO|DATA)/.test(command ?? '');
  const refused = responseCode !== undefined && responseCode >= 500 && responseCode !== 503;
  return dialogue && refused && !refusesUs(error);
}

/** SMTP replies to any command: authentication required, too weak or wrong (RFC 4954). */
const authenticationReplies = [530, 534, 535, 538];

/** True if the mail server refuses our sign-in or our connection, not one e-mail. The codes are nodemailer's. */
function refusesUs(error: unknown): boolean {
  const { code, originalCode, responseCode } = (error ?? {}) as {
    code?: string;
    /** The specific error behind nodemailer's ESOCKET. */
    originalCode?: string;
    responseCode?: number;
  };
  return (
    ['EAUTH', 'ENOAUTH', 'ETLS', 'EREQUIRETLS', 'ECONFIG', 'EOAUTH2'].includes(code ?? '') ||
    isTlsError(originalCode) ||
    authenticationReplies.includes(responseCode ?? 0)
  );
}

function isTlsError(code = ''): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

/** Returns the unsent e-mails of a claim to the outbox. */
async function releaseClaim(server: Server, claim: string): Promise<void> {
  const values = { state: 'scheduled', claim: null, claimedUntil: 0 };
  await server.models.outbox.update(values, { where: { claim, state: 'sending' } });
}
