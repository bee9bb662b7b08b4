import type { PaperDocument } from '#shared/collections/papers.ts';
import type { Touch, Unit } from '../documents/unit.ts';
import { queueLetterTo } from '../mail/queue-letter.ts';

/** A refused proof of payment is told to its client, with the reason. */
export async function paperEffects(unit: Unit, { before, after }: Touch): Promise<void> {
  const paper = after as unknown as PaperDocument;
  if (before && before['state'] !== 'refused' && paper.state === 'refused') {
    await queueLetterTo(unit, paper.client, { kind: 'proof-refused', document: paper.id });
  }
}
