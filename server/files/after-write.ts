import type { FileDocument } from '#shared/files/schema.ts';
import type { Change, Tx } from '#sync/server/transaction.ts';
import { queueEmailTo } from '../email/outbox.ts';

/** A refused proof of payment is told to its client, with the reason. */
export async function afterFileWrite(tx: Tx, { before, after }: Change): Promise<void> {
  const file = after as unknown as FileDocument;
  if (before && before['state'] !== 'refused' && file.state === 'refused') {
    await queueEmailTo(tx, file.client, { kind: 'proof-refused', document: file.id });
  }
}
