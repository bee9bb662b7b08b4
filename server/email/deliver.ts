import { Op } from 'sequelize';
import { backoff } from '#shared/engine/backoff.ts';
import type { Server } from '../context.ts';
import { inTransaction } from '#sync/server/in-transaction.ts';
import { findRows } from '../models/rows.ts';
import { due } from './due-emails.ts';
import { pauseMail, pauseOf, resumeMail } from './pause.ts';
import { EmailObsolete } from './template.ts';
import type { OutgoingMail, Transport } from './transport.ts';

/** An e-mail of the outbox that is to be written and sent. */
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

/** Writes an e-mail as it goes to the mail server. @throws EmailObsolete where there is nothing to write any more */
export type Render = (server: Server, email: OutboxEmail) => Promise<OutgoingMail>;

const batch = 20;
/** Longer than any SMTP dialogue may take; after it another worker may take the e-mail over. */
const claimMs = 5 * 60_000;
const firstRetryMs = 30_000;
const longestRetryMs = 6 * 3_600_000;

/**
 * Delivers e-mails that are due, once each but for one window: a worker killed between the mail server's "250" and
 * our mark sends that e-mail again, with the same Message-ID.
 *
 * @returns how many e-mails were tried
 */
export async function deliverDue(
  server: Server,
  { transport, render }: { transport: Transport; render: Render },
): Promise<number> {
  const pause = await pauseOf(server);
  if (pause && pause.until > server.now()) return 0;
  const claim = server.newId();
  // After a pause one e-mail goes ahead to see whether the mail server takes any.
  const emails = await claimDue(server, claim, pause ? 1 : batch);
  if (emails.length === 0) return 0;
  server.atStep('emails: claimed');
  try {
    await deliverAll(server, { emails, claim, isPaused: pause !== null, transport, render });
  } catch (error) {
    // The database failed in the middle: what was not sent is not to wait for the end of the claim.
    await giveBack(server, claim).catch(() => undefined);
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
  for (const email of emails) {
    const mine = { id: email.id, claim };
    // The e-mails before this one may have taken long: only who still holds the claim goes on.
    if (!(await renew(server, mine))) continue;
    const failure = await failureOf(async () => transport.send(await render(server, email)));
    if (failure === null) server.atStep('emails: accepted by the mail server, not marked');
    await finish(
      server,
      mine,
      failure === null ? sentAt(server) : afterFailure(server, email, failure.error),
    );
    server.atStep('emails: marked');
    if (failure !== null && isAboutUs(failure.error)) {
      await giveBack(server, claim);
      await pauseMail(server, errorText(failure.error));
      break;
    }
    if (failure === null && isPaused) await resumeMail(server);
  }
}

/** Takes e-mails in a transaction of its own, committed before the first word to a mail server. */
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

/** Only who still holds the claim may say how it ended. */
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

/** Permanent = 5xx (not 503) to MAIL, RCPT or DATA; everything else is tried again. */
function isPermanent(error: unknown): boolean {
  const { responseCode, command } = (error ?? {}) as { responseCode?: number; command?: string };
  const dialogue = /^(MAIL FROM|RCPT TO|DATA)/.test(command ?? '');
  const refused = responseCode !== undefined && responseCode >= 500 && responseCode !== 503;
  return dialogue && refused && !isAboutUs(error);
}

/** Authentication required, too weak or wrong (RFC 4954), whatever command the server says it to. */
const aboutSignIn = [530, 534, 535, 538];

/** The mail server refuses us, not an e-mail: who we are, how we connect (nodemailer's codes). */
function isAboutUs(error: unknown): boolean {
  const { code, originalCode, responseCode } = (error ?? {}) as {
    code?: string;
    /** What nodemailer calls ESOCKET was something more particular. */
    originalCode?: string;
    responseCode?: number;
  };
  return (
    ['EAUTH', 'ENOAUTH', 'ETLS', 'EREQUIRETLS', 'ECONFIG', 'EOAUTH2'].includes(code ?? '') ||
    isTlsError(originalCode) ||
    aboutSignIn.includes(responseCode ?? 0)
  );
}

function isTlsError(code = ''): boolean {
  return /^(ERR_TLS_|ERR_SSL_|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_)/.test(code);
}

/** What was claimed with an e-mail that showed that none can go. */
async function giveBack(server: Server, claim: string): Promise<void> {
  const values = { state: 'scheduled', claim: null, claimedUntil: 0 };
  await server.models.outbox.update(values, { where: { claim, state: 'sending' } });
}
