import { Op } from 'sequelize';
import type { Unit } from '../documents/unit.ts';
import type { LetterKind } from './letters/letters.ts';

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
  };
  await unit.server.models.outbox.bulkCreate([row], {
    ignoreDuplicates: true,
    transaction: unit.transaction,
  });
}

/** The same to a person's own address. */
export async function queueLetterTo(
  unit: Unit,
  person: string,
  letter: Omit<WantedLetter, 'recipient' | 'person'>,
): Promise<void> {
  const to = await unit.load('people', person);
  if (to) await queueLetter(unit, { ...letter, recipient: to.email, person });
}

/** What was held, or waits for its time, may go out now. @returns how many letters that were */
export async function releaseLetters(unit: Unit, kind: LetterKind, document: string): Promise<number> {
  const [released] = await unit.server.models.outbox.update(
    { state: 'waiting', notBefore: unit.now },
    { where: { kind, document, state: { [Op.in]: ['held', 'waiting'] } }, transaction: unit.transaction },
  );
  return released;
}
