import { readReceiptId } from '#shared/tickets/read-receipt-schema.ts';
import type { Replica } from '#sync/client/store.ts';
import type { Documents } from '#shared/collections.ts';

/** Records that a person has read a ticket up to `readAt` (ms). The receipt never moves back, even after a pull. */
export function markReadIn(
  replica: Replica<Documents>,
  { person, ticket, readAt }: { person: string; ticket: string; readAt: number },
): Promise<void> {
  return replica.insertOrPatch(
    'readReceipts',
    { id: readReceiptId(person, ticket), person, ticket, readAt },
    (current) => (current.readAt < readAt ? { readAt } : null),
  );
}
