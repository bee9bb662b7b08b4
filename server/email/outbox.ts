import { literal, Op } from 'sequelize';
import { people } from '#shared/people/schema.ts';
import { asideUnless } from '#sync/server/pending.ts';
import { perTransaction } from '#sync/server/per-transaction.ts';
import { insertRows } from '#sync/server/row.ts';
import type { Tx } from '../context.ts';
import { paceOf } from './pace.ts';

/**
 * The payload of each kind of e-mail. It stores the values of the event that may change later. What messages, issued
 * invoices and payments say does not change, so they are referenced by id. If a message is redacted, the outbox has no
 * copy of its text. Each folder adds its kinds in its emails.ts.
 */
// eslint-disable-next-line @typescript-eslint/no-empty-object-type -- other files add to it by declaration merging
export interface EmailPayloads {}
export type EmailKind = keyof EmailPayloads;

/** An e-mail for the outbox, without its recipient. */
export type EmailEvent = {
  [K in EmailKind]: {
    kind: K;
    /** The document that it is about. */
    document: string;
    /** Distinguishes several e-mails of this kind about the document, in readable words. */
    event?: string;
    payload: EmailPayloads[K];
    /** Milliseconds since 1970. Default: now. */
    notBefore?: number;
    /** Stays in the outbox until it is released. */
    held?: boolean;
  };
}[EmailKind];

/** Returns the key that allows one e-mail per event and recipient. */
export const dedupeKeyOf = ({ kind, document, event }: Pick<EmailEvent, 'kind' | 'document' | 'event'>) =>
  [kind, document, event].filter(Boolean).join(' ');

/** E-mails that a transaction has queued and not stored yet. All of them are stored by one statement. */
const queuedIn = perTransaction(() => ({ rows: [] as Record<string, unknown>[], isAtEnd: false }));

/** Adds an e-mail to the outbox in the transaction of its event. A unique key allows each one once per recipient. */
export async function queueEmail(
  tx: Tx,
  email: EmailEvent & { recipient: string; person?: string | null },
): Promise<void> {
  const id = tx.server.newId();
  const { causedBy, earliest } = await paceOf(tx, email.recipient);
  const row = {
    id,
    kind: email.kind,
    document: email.document,
    dedupeKey: dedupeKeyOf(email),
    payload: JSON.stringify(email.payload),
    recipient: email.recipient,
    person: email.person ?? null,
    state: email.held ? 'held' : 'scheduled',
    notBefore: Math.max(email.notBefore ?? tx.now, earliest),
    causedBy,
    earliest,
    attempts: 0,
    claim: null,
    claimedUntil: 0,
    messageId: `<${id}@${new URL(tx.server.config.publicUrl).hostname}>`,
    lastError: null,
    createdAt: tx.now,
    sentAt: null,
    heldBy: null,
  };
  const queued = queuedIn(tx.transaction);
  queued.rows.push(row);
  if (!queued.isAtEnd) tx.atEnd(() => storeQueued(tx));
  queued.isAtEnd = true;
}

async function storeQueued({ server, transaction }: Tx): Promise<void> {
  const rows = queuedIn(transaction).rows.splice(0);
  if (rows.length === 0) return;
  const options = { ignore: true, transaction, ...asideUnless(transaction, people) };
  await insertRows(server, server.models.outbox, rows, options);
}

/** Schedules held and later e-mails for now, except those that an admin holds. @returns the number of e-mails */
export async function releaseEmails(tx: Tx, kind: EmailKind, document: string): Promise<number> {
  await storeQueued(tx);
  const [released] = await tx.server.models.outbox.update(
    { state: 'scheduled', notBefore: literal(`GREATEST(${tx.now}, earliest)`) },
    {
      where: { kind, document, state: { [Op.in]: ['held', 'scheduled'] }, heldBy: null },
      transaction: tx.transaction,
    },
  );
  return released;
}

/** How long an undo is possible. E-mails about an action that can be undone are not sent before that. */
export const undoMs = 15_000;

/** Cancels the unsent e-mails about documents whose event was undone. */
export async function cancelEmails(tx: Tx, kind: EmailKind, documents: readonly string[]): Promise<void> {
  await storeQueued(tx);
  await tx.server.models.outbox.update(
    { state: 'cancelled' },
    {
      where: { kind, document: { [Op.in]: [...documents] }, state: { [Op.in]: ['held', 'scheduled'] } },
      transaction: tx.transaction,
    },
  );
}
