import type { NewDocument } from '../engine/collection.ts';
import { noBankLine, type Payment } from './payment-schema.ts';

type PaymentInput = Pick<
  Payment,
  'id' | 'invoice' | 'client' | 'day' | 'amount' | 'method' | 'reference' | 'source' | 'bookedBy'
> &
  Partial<Pick<Payment, 'bankLine' | 'bankAmount'>>;

/** Builds a new payment. It has no bank line unless the input names one. */
export function newPayment(input: PaymentInput): NewDocument<Payment> {
  return { ...noBankLine, ...input };
}
