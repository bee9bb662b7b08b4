import { Op } from 'sequelize';
import type { Tx } from '../context.ts';

/**
 * The payload of each kind of e-mail: what happened, as values that may change later. Each noun adds its own kinds in
 * its emails.ts. Documents that never change (messages, issued invoices, payments) are named by their id.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- the nouns fill it by declaration merging
export interface EmailPayloads {}
export type EmailKind = keyof EmailPayloads;

/** An e-mail for the outbox, before anybody knows its recipient. */
export type EmailEvent = {
  [K in EmailKind]: {
    kind: K;
    /** The document that it is about. */
    document: string;
    /** Tells several e-mails of this kind about the document apart, in readable words. */
    event?: string;
    payload: EmailPayloads[K];
    /** Milliseconds since 1970. Default: now. */
    notBefore?: number;
    /** Stays in the outbox until it is released. */
    held?: boolean;
  };
}[EmailKind];

/** The key by which an event is mailed once to each recipient. */
export const dedupeKeyOf = ({ kind, document, event }: Pick<EmailEvent, 'kind' | 'document' | 'event'>) =>
  [kind, document, event].filter(Boolean).join(' ');

/** Adds an e-mail to the outbox in the causing transaction: one row a recipient, each at most once (a unique key). */
export async function queueEmail(
  tx: Tx,
  email: EmailEvent & { recipient: string; person?: string | null },
): Promise<void> {
  const id = tx.server.newId();
  const row = {
    id,
    kind: email.kind,
    document: email.document,
    dedupeKey: dedupeKeyOf(email),
    payload: JSON.stringify(email.payload),
    recipient: email.recipient,
    person: email.person ?? null,
    state: email.held ? 'held' : 'scheduled',
    notBefore: email.notBefore ?? tx.now,
    attempts: 0,
    claim: null,
    claimedUntil: 0,
    messageId: `<${id}@${new URL(tx.server.config.publicUrl).hostname}>`,
    lastError: null,
    createdAt: tx.now,
    sentAt: null,
    heldBy: null,
  };
  await tx.server.models.outbox.bulkCreate([row], {
    ignoreDuplicates: true,
    transaction: tx.transaction,
  });
}

/** Schedules what was held or waits for its time. @returns how many e-mails that were */
export async function releaseEmails(tx: Tx, kind: EmailKind, document: string): Promise<number> {
  const [released] = await tx.server.models.outbox.update(
    { state: 'scheduled', notBefore: tx.now },
    {
      where: { kind, document, state: { [Op.in]: ['held', 'scheduled'] }, heldBy: null },
      transaction: tx.transaction,
    },
  );
  return released;
}

/** An undo is possible for this long. E-mails about what can be undone wait until then. */
export const undoMs = 15_000;

/** Cancels what has not gone out: what it tells was undone. */
export async function cancelEmails(tx: Tx, kind: EmailKind, documents: readonly string[]): Promise<void> {
  await tx.server.models.outbox.update(
    { state: 'cancelled' },
    {
      where: { kind, document: { [Op.in]: [...documents] }, state: { [Op.in]: ['held', 'scheduled'] } },
      transaction: tx.transaction,
    },
  );
}
