import * as z from 'zod/mini';
import { day, filledLine, id, minor } from '../engine/field.ts';

/** Input schemas of the billing procedures. */

/** Previews the billing run of `day`. It changes nothing. */
export const dayInput = z.strictObject({ day: day() });
/** Bills the held charges of an order: all of them, or only those for days from `from` on. */
export const release = z.strictObject({ order: id(), from: z.nullable(day()) });
/** Sets the first day of an order's periods. Without it, that is the day on which the order became active. */
export const anchorInput = z.strictObject({ order: id(), anchor: day() });
export type AnchorInput = z.infer<typeof anchorInput>;
export type Release = z.infer<typeof release>;

/** `amount`: net, in minor units, never zero. A negative amount is subtracted from the invoice. */
export const newAdjustment = z.strictObject({
  client: id(),
  text: filledLine(300),
  amount: minor().check(z.refine((amount) => amount !== 0)),
});
export type NewAdjustment = z.infer<typeof newAdjustment>;
export const adjustment = z.strictObject({ id: id() });

export const record = z.strictObject({ position: z.int() });
