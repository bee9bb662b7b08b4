import * as z from 'zod/mini';
import { day, id, line, minor, times } from './field.ts';

export const paymentMethods = ['transfer', 'card', 'cash', 'other'] as const;

export const payments = {
  name: 'payments',
  version: 1,
  schema: z.strictObject({
    id: id(),
    ...times,
    invoice: id(),
    client: id(),
    day: day(),
    /** Minor units; negative = returned or refunded; never zero. */
    amount: minor().check(z.refine((amount) => amount !== 0)),
    method: z.enum(paymentMethods),
    reference: line(140),
    source: z.enum(['hand', 'proof', 'statement']),
    bookedBy: z.nullable(id()),
  }),
  indexes: [['invoice', 'createdAt']],
  stamped: ['client', 'bookedBy'],
  defaults: { reference: '', source: 'hand' },
  merge: {},
  insertOnly: true,
} as const;
export type Payment = z.infer<typeof payments.schema>;
