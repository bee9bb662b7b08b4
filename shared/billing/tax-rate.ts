import * as z from 'zod/mini';
import { line } from '../engine/field.ts';

/** A tax rate: percent in hundredths (2100 = 21 %), EN 16931 category, and for 0 % a reason in both languages. */
export const taxRate = z.strictObject({
  percent: z.int().check(z.minimum(0), z.maximum(10_000)),
  category: z.enum(['S', 'Z', 'E', 'AE', 'K', 'G', 'O', 'L', 'M']),
  reason: z.nullable(z.strictObject({ en: line(300), es: line(300) })),
  /** The country of the tax, if it is not the seller's country (one-stop shop). */
  country: z.optional(line(2)),
});
export type TaxRate = z.infer<typeof taxRate>;
