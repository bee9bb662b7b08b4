import { Op } from 'sequelize';
import type { Unit } from '#sync/server/transaction.ts';
import type { Preferences } from '#shared/people/schema.ts';
import { accountChanges, type AccountChange } from '../people/email-texts.ts';
import type { LetterKind } from '../emails.ts';

export type { AccountChange };

export type WantedLetter = {
  kind: LetterKind;
  /** The document it is about, and which of several letters of this kind about it. */
  document: string;
  step?: number;
  recipient: string;
  person?: string | null;
  notBefore?: number;
  held?: boolean;
};

/** Adds a letter to the outbox in the causing transaction: one row a recipient, each at most once (a unique key). */
export async function queueLetter(unit: Unit, letter: WantedLetter): Promise<void> {
  const id = unit.server.newId();
  const row = {
    id,
    kind: letter.kind,
    document: letter.document,
    step: letter.step ?? 0,
    recipient: letter.recipient,
    person: letter.person ?? null,
    state: letter.held ? 'held' : 'waiting',
    notBefore: letter.notBefore ?? unit.now,
    attempts: 0,
    claim: null,
    claimedUntil: 0,
    messageId: `<${id}@${new URL(unit.server.config.publicUrl).hostname}>`,
    lastError: null,
    createdAt: unit.now,
    sentAt: null,
    heldBy: null,
  };
  await unit.server.models.outbox.bulkCreate([row], {
    ignoreDuplicates: true,
    transaction: unit.transaction,
  });
}

/** Letters that their reader may do without; all others are about money, access or the account and always go. */
const optional: Partial<Record<LetterKind, keyof Preferences>> = {
  'ticket-answered': 'answers',
  'ticket-closed': 'status',
  'ticket-assigned': 'status',
  'ticket-handed-over': 'status',
  'ticket-reopened': 'status',
  announcement: 'announcements',
};

/** The same to a person's own address, where they want such letters; a disabled account gets none. */
export async function queueLetterTo(
  unit: Unit,
  person: string,
  letter: Omit<WantedLetter, 'recipient' | 'person'>,
): Promise<void> {
  const to = await unit.load('people', person);
  const preference = optional[letter.kind];
  if (!to || to.status === 'disabled' || (preference && !to.preferences[preference])) return;
  await queueLetter(unit, { ...letter, recipient: to.email, person });
}

/** To each admin. */
export async function queueLetterToAdmins(
  unit: Unit,
  letter: Omit<WantedLetter, 'recipient' | 'person'>,
): Promise<void> {
  const admins = await unit.server.models.people.findAll({
    where: { role: 'admin', status: 'verified' },
    attributes: ['id'],
    transaction: unit.transaction,
    raw: true,
  });
  for (const row of admins) await queueLetterTo(unit, (row as unknown as { id: string }).id, letter);
}

/** To the owner of an account, at the address given: something of it was changed. */
export async function queueAccountLetter(
  unit: Unit,
  { id, email }: { id: string; email: string },
  what: AccountChange,
): Promise<void> {
  await queueLetter(unit, {
    kind: 'account-changed',
    document: unit.server.newId(), // each change is a letter of its own
    step: accountChanges.indexOf(what),
    recipient: email,
    person: id,
  });
}

/** What was held, or waits for its time, may go out now. @returns how many letters that were */
export async function releaseLetters(unit: Unit, kind: LetterKind, document: string): Promise<number> {
  const [released] = await unit.server.models.outbox.update(
    { state: 'waiting', notBefore: unit.now },
    {
      where: { kind, document, state: { [Op.in]: ['held', 'waiting'] }, heldBy: null },
      transaction: unit.transaction,
    },
  );
  return released;
}

/** An undo is possible for so long: letters about what can be undone wait until then. */
export const undoMs = 15_000;

/** What has not gone out never will: what the letters told was taken back. */
export async function cancelLetters(
  unit: Unit,
  kind: LetterKind,
  documents: readonly string[],
): Promise<void> {
  await unit.server.models.outbox.update(
    { state: 'cancelled' },
    {
      where: { kind, document: { [Op.in]: [...documents] }, state: { [Op.in]: ['held', 'waiting'] } },
      transaction: unit.transaction,
    },
  );
}
