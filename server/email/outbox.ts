import { Op } from 'sequelize';
import type { Tx } from '#sync/server/transaction.ts';
import type { Preferences } from '#shared/people/schema.ts';
import { accountChanges, type AccountChange } from '../people/email-texts.ts';
import type { EmailKind } from '../emails.ts';

export type { AccountChange };

export type EmailOptions = {
  kind: EmailKind;
  /** The document it is about, and which of several letters of this kind about it. */
  document: string;
  step?: number;
  recipient: string;
  person?: string | null;
  notBefore?: number;
  held?: boolean;
};

/** Adds an e-mail to the outbox in the causing transaction: one row a recipient, each at most once (a unique key). */
export async function queueEmail(tx: Tx, email: EmailOptions): Promise<void> {
  const id = tx.server.newId();
  const row = {
    id,
    kind: email.kind,
    document: email.document,
    step: email.step ?? 0,
    recipient: email.recipient,
    person: email.person ?? null,
    state: email.held ? 'held' : 'waiting',
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

/** E-mails that their reader may do without; all others are about money, access or the account and always go. */
const optional: Partial<Record<EmailKind, keyof Preferences>> = {
  'ticket-answered': 'answers',
  'ticket-closed': 'status',
  'ticket-assigned': 'status',
  'ticket-handed-over': 'status',
  'ticket-reopened': 'status',
  announcement: 'announcements',
};

/** The same to a person's own address, where they want such e-mails; a disabled account gets none. */
export async function queueEmailTo(
  tx: Tx,
  person: string,
  email: Omit<EmailOptions, 'recipient' | 'person'>,
): Promise<void> {
  const to = await tx.load('people', person);
  const preference = optional[email.kind];
  if (!to || to.status === 'disabled' || (preference && !to.preferences[preference])) return;
  await queueEmail(tx, { ...email, recipient: to.email, person });
}

/** To each admin. */
export async function queueEmailToAdmins(
  tx: Tx,
  email: Omit<EmailOptions, 'recipient' | 'person'>,
): Promise<void> {
  const admins = await tx.server.models.people.findAll({
    where: { role: 'admin', status: 'verified' },
    attributes: ['id'],
    transaction: tx.transaction,
    raw: true,
  });
  for (const row of admins) await queueEmailTo(tx, (row as unknown as { id: string }).id, email);
}

/** To the owner of an account, at the address given: something of it was changed. */
export async function queueAccountEmail(
  tx: Tx,
  { id, email }: { id: string; email: string },
  what: AccountChange,
): Promise<void> {
  await queueEmail(tx, {
    kind: 'account-changed',
    document: tx.server.newId(), // each change is an e-mail of its own
    step: accountChanges.indexOf(what),
    recipient: email,
    person: id,
  });
}

/** What was held, or waits for its time, may go out now. @returns how many letters that were */
export async function releaseEmails(tx: Tx, kind: EmailKind, document: string): Promise<number> {
  const [released] = await tx.server.models.outbox.update(
    { state: 'waiting', notBefore: tx.now },
    {
      where: { kind, document, state: { [Op.in]: ['held', 'waiting'] }, heldBy: null },
      transaction: tx.transaction,
    },
  );
  return released;
}

/** An undo is possible for so long: e-mails about what can be undone wait until then. */
export const undoMs = 15_000;

/** What has not gone out never will: what the e-mails told was taken back. */
export async function cancelEmails(
  tx: Tx,
  kind: EmailKind,
  documents: readonly string[],
): Promise<void> {
  await tx.server.models.outbox.update(
    { state: 'cancelled' },
    {
      where: { kind, document: { [Op.in]: [...documents] }, state: { [Op.in]: ['held', 'waiting'] } },
      transaction: tx.transaction,
    },
  );
}
