import { Op } from 'sequelize';
import type { Server } from '../context.ts';
import { toDocument } from '#sync/server/row.ts';
import { inTransaction } from '#sync/server/in-transaction.ts';
import { readStoredFile } from '../files/stored-files.ts';
import { atStep } from '../jobs/step.ts';
import { settings, type Settings } from '../settings/settings.ts';
import { logoHash, readLogo } from '../settings/logo.ts';
import { due } from './due-emails.ts';
import { logoCid } from './compose.ts';
import { replyAddress } from '../tickets/inbound-mail/reply-token.ts';
import { isEmailKind, writeEmail } from '../emails.ts';
import { EmailObsolete } from './template.ts';
import { pauseMail, pauseOf, resumeMail } from './pause.ts';
import type { OutgoingMail, Transport } from './transport.ts';

type OutboxRow = {
  id: string;
  kind: string;
  document: string;
  recipient: string;
  person: string | null;
  step: number;
  attempts: number;
  messageId: string;
  createdAt: string;
};

const batch = 20;
/** Longer than any SMTP dialogue may take; after it another worker may take the e-mail over. */
const claimMs = 5 * 60_000;
const firstRetryMs = 30_000;
const longestRetryMs = 6 * 3_600_000;

/**
 * Delivers e-mails that are due, once each but for one window: a worker killed between the mail server's "250" and
 * our mark sends that e-mail again, with the same Message-ID.
 *
 * @returns how many letters were tried
 */
export async function deliverDue(server: Server, transport: Transport): Promise<number> {
  const pause = await pauseOf(server);
  if (pause && pause.until > server.now()) return 0;
  const claim = server.newId();
  // After a pause one e-mail goes ahead to see whether the mail server takes any.
  const emails = await claimDue(server, claim, pause ? 1 : batch);
  if (emails.length === 0) return 0;
  atStep('emails: claimed');
  try {
    await deliverAll(server, transport, { emails, claim, isPaused: pause !== null });
  } catch (error) {
    // The database failed in the middle: what was not sent is not to wait for the end of the claim.
    await giveBack(server, claim).catch(() => undefined);
    throw error;
  }
  return emails.length;
}

async function deliverAll(
  server: Server,
  transport: Transport,
  { emails, claim, isPaused }: { emails: readonly OutboxRow[]; claim: string; isPaused: boolean },
): Promise<void> {
  const sender = await senderOf(server);
  for (const email of emails) {
    const mine = { id: email.id, claim };
    // The e-mails before this one may have taken long: only who still holds the claim goes on.
    if (!(await renew(server, mine))) continue;
    const failure = await failureOf(() => deliver(server, email, { ...sender, transport }));
    if (failure === null) atStep('emails: accepted by the mail server, not marked');
    await finish(
      server,
      mine,
      failure === null ? sentAt(server) : afterFailure(server, email, failure.error),
    );
    atStep('emails: marked');
    if (failure !== null && isAboutUs(failure.error)) {
      await giveBack(server, claim);
      await pauseMail(server, errorText(failure.error));
      break;
    }
    if (failure === null && isPaused) await resumeMail(server);
  }
}

/** Takes e-mails in a transaction of its own, committed before the first word to a mail server. */
async function claimDue(server: Server, claim: string, limit: number): Promise<OutboxRow[]> {
  return inTransaction(server.db, async (transaction) => {
    const rows = await server.models.outbox.findAll({
      where: due(server.now()),
      order: [['notBefore', 'ASC']],
      limit,
      lock: transaction.LOCK.UPDATE,
      skipLocked: true,
      transaction,
      raw: true,
    });
    const emails = rows as unknown as OutboxRow[]; // raw rows of the model's columns
    await server.models.outbox.update(
      { state: 'sending', claim, claimedUntil: server.now() + claimMs },
      { where: { id: { [Op.in]: emails.map(({ id }) => id) } }, transaction },
    );
    return emails;
  });
}

/** What all letters of a batch have in common. */
type Sender = { provider: Settings; logo: Buffer | null };

async function senderOf(server: Server): Promise<Sender> {
  return { provider: await settings(server), logo: await readLogo(server, await logoHash(server)) };
}

async function deliver(
  server: Server,
  row: OutboxRow,
  { provider, logo, transport }: Sender & { transport: Transport },
): Promise<void> {
  if (!isEmailKind(row.kind)) throw new Error(`no e-mail is called ${row.kind}`);
  const person = row.person
    ? await server.models.people.findOne({ where: { id: row.person }, raw: true })
    : null;
  const reader = person && toDocument('people', person);
  const { mailIn } = server.config;
  const isAboutTicket = row.kind.startsWith('ticket-');
  const frame = {
    language: reader?.language ?? provider.language,
    byEmail: mailIn !== null && reader !== null && isAboutTicket,
    outside: reader?.status === 'outside' && isAboutTicket,
    provider: provider.name,
    contact: provider.contactAddress,
    appUrl: server.config.publicUrl,
    logo: logo !== null,
  };
  const email = await writeEmail(server, frame, {
    kind: row.kind,
    document: row.document,
    step: Number(row.step),
    person: row.person,
    recipient: row.recipient,
    createdAt: Number(row.createdAt),
  });
  const attachments: OutgoingMail['attachments'] = [];
  for (const { sha256, fileName } of email.attachments) {
    const file = await readStoredFile(server, sha256);
    if (file) attachments.push({ filename: fileName, content: file.bytes, contentType: file.mediaType });
  }
  const { ticket } = email;
  const answered =
    mailIn && ticket && reader
      ? { replyTo: await replyAddress(server, { domain: mailIn.domain, ticket, person: reader.id }) }
      : {};
  const host = new URL(server.config.publicUrl).hostname;
  await transport.send({
    from: provider.mailFrom,
    to: row.recipient,
    ...answered,
    ...(ticket ? { references: `<ticket-${ticket}@${host}>` } : {}),
    subject: email.subject,
    text: email.text,
    html: email.html,
    messageId: row.messageId,
    headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
    attachments: [
      ...attachments,
      ...(logo ? [{ filename: 'logo.png', content: logo, contentType: 'image/png', cid: logoCid }] : []),
    ],
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

function afterFailure(server: Server, row: OutboxRow, error: unknown): Record<string, unknown> {
  if (error instanceof EmailObsolete) return { state: 'cancelled', lastError: errorText(error) };
  const attempts = row.attempts + 1;
  const lastError = errorText(error);
  server.log.warn({ email: row.id, kind: row.kind, attempts, error: lastError }, 'e-mail not delivered');
  if (isPermanent(error)) return { state: 'failed', attempts, lastError };
  const wait = Math.min(firstRetryMs * 2 ** (attempts - 1), longestRetryMs);
  return { state: 'waiting', attempts, lastError, notBefore: server.now() + wait };
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
  const values = { state: 'waiting', claim: null, claimedUntil: 0 };
  await server.models.outbox.update(values, { where: { claim, state: 'sending' } });
}
