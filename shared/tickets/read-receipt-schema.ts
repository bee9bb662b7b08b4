import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { id, instant, times } from '../engine/field.ts';

/** Until when one person has read a ticket. */
export const readReceipts = defineCollection({
  name: 'readReceipts',
  version: 1,
  schema: z.strictObject({
    id: id(),
    ...times,
    person: id(),
    ticket: id(),
    readAt: instant(),
  }),
  indexes: [['ticket']],
  derived: ['person'],
  defaults: {},
  conflicts: { readAt: 'max' },
  insertOnly: false,
  parents: ['ticket'],
  uniqueKeys: { one_each: 'ticket' },
});
export type ReadReceipt = z.infer<typeof readReceipts.schema>;

/**
 * The id of a person's read receipt for a ticket. It is the same on all of their devices, so that these share one
 * document. It begins with the ticket's time, because ids sort by time; the rest is the XOR of both ids.
 */
export function readReceiptId(person: string, ticket: string): string {
  const personDigits = person.replaceAll('-', '');
  const ticketDigits = ticket.replaceAll('-', '');
  const mixed = [...ticketDigits].map((digit, i) =>
    i < 12 ? digit : (parseInt(digit, 16) ^ parseInt(personDigits[i] ?? '0', 16)).toString(16),
  );
  mixed[12] = '7';
  mixed[16] = ((parseInt(mixed[16] ?? '0', 16) & 3) | 8).toString(16);
  const hex = mixed.join('');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}
