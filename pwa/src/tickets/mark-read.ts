import { readReceiptId } from '#shared/tickets/read-receipt-schema.ts';
import type { Replica } from '#sync/client/store.ts';
import type { Documents } from '#shared/collections.ts';

/** This person has read a ticket up to this time. The mark never goes back, whatever comes in meanwhile. */
export function markReadIn(
  replica: Replica<Documents>,
  { person, ticket, readAt }: { person: string; ticket: string; readAt: number },
): Promise<void> {
  return replica.insertOrPatch('readReceipts', { id: readReceiptId(person, ticket), person, ticket, readAt }, (here) =>
    here.readAt < readAt ? { readAt } : null,
  );
}
