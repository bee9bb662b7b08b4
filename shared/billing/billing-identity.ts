import * as z from 'zod/mini';
import { filledLine, line } from '../engine/field.ts';

/** The name, address and tax numbers of a client, as printed on invoices. */
export const billingIdentity = z.strictObject({
  kind: z.enum(['person', 'business']),
  legalName: filledLine(120),
  street: filledLine(120),
  postcode: filledLine(16),
  city: filledLine(80),
  country: z.string().check(z.regex(/^[A-Z]{2}$/)),
  taxNumber: line(32),
  vatNumber: line(20),
  /** The day an accountant verified the VAT number, and the reference of that check; null: not verified. */
  vatVerified: z.nullable(z.strictObject({ on: line(10), reference: line(80) })),
});
export type BillingIdentity = z.infer<typeof billingIdentity>;
