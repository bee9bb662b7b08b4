import * as z from 'zod/mini';
import { defineCollection } from '../engine/collection.ts';
import { day, id, line, minor, times } from '../engine/field.ts';

export const paymentMethods = ['transfer', 'card', 'cash', 'other'] as const;

/** Bank fields of a payment that does not come from a bank statement. */
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
    /** Minor units, never zero. Negative: a return or a refund. */
    amount: minor().check(z.refine((amount) => amount !== 0)),
    /** Credit: the payment uses an overpayment of another invoice of the same client. */
    method: z.enum([...paymentMethods, 'credit']),
    reference: line(140),
    /** 'credit-taken': the matching negative row, which the server adds to the overpaid invoice. */
    source: z.enum(['hand', 'proof', 'statement', 'credit', 'credit-taken']),
    bookedBy: z.nullable(id()),
    /** The hash of the bank statement line that this payment is (a part) of, and the amount of that line. */
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
