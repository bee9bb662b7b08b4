import * as z from 'zod/mini';
import { line } from '../engine/field.ts';

/** The seller as printed on invoices. */
export const seller = z.strictObject({
  name: line(120),
  street: line(120),
  postcode: line(16),
  city: line(80),
  country: line(2),
  taxNumber: line(32),
  vatNumber: line(20),
  email: line(254),
});
export type Seller = z.infer<typeof seller>;
