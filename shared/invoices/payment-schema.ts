import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { day, id, line, minor, times } from '../engine/field.ts';

export const paymentMethods = ['transfer', 'card', 'cash', 'other'] as const;

/** Of a payment that was booked by hand. */
export const noBankLine = { bankLine: null, bankAmount: null };

export const payments = defineCollection({
  name: 'payments',
  version: 2,
  schema: z.strictObject({
    id: id(),
    ...times,
    invoice: id(),
    client: id(),
    day: day(),
    /** Minor units; negative = returned or refunded; never zero. */
    amount: minor().check(z.refine((amount) => amount !== 0)),
    /** Credit: what was paid too much of another invoice of theirs. */
    method: z.enum([...paymentMethods, 'credit']),
    reference: line(140),
    /** Taken: the row that the server makes at the invoice which the credit is of. */
    source: z.enum(['hand', 'proof', 'statement', 'credit', 'credit-taken']),
    bookedBy: z.nullable(id()),
    /** Which line of a bank statement it is (a part) of, as its hash, and how much came in with that line. */
    bankLine: z.nullable(z.string().check(z.maxLength(64), z.regex(/^[0-9a-f]{64}$/))),
    bankAmount: z.nullable(minor()),
  }),
  indexes: [['invoice', 'createdAt']],
  derived: ['client', 'bookedBy'],
  defaults: { reference: '', source: 'hand', ...noBankLine },
  conflicts: {},
  insertOnly: true,
  parents: ['invoice'],
});
export type Payment = z.infer<typeof payments.schema>;
