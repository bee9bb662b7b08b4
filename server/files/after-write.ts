import type { PaperDocument } from '#shared/files/schema.ts';
import type { Touch, Unit } from '#sync/server/transaction.ts';
import { queueLetterTo } from '../email/outbox.ts';

/** A refused proof of payment is told to its client, with the reason. */
export async function paperEffects(tx: Unit, { before, after }: Touch): Promise<void> {
  const paper = after as unknown as PaperDocument;
  if (before && before['state'] !== 'refused' && paper.state === 'refused') {
    await queueLetterTo(tx, paper.client, { kind: 'proof-refused', document: paper.id });
  }
}
