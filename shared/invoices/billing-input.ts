import * as z from 'zod/mini';
import { day, filledLine, id, minor } from '../engine/field.ts';

/** What the procedures about billing take. */

/** A run for `day` as it would be; it changes nothing. */
export const dayInput = z.strictObject({ day: day() });
/** All that is held of an order is billed, or only what is of days from `from` on. */
export const release = z.strictObject({ order: id(), from: z.nullable(day()) });
/** The first day of a period, instead of the day on which the order became active. */
export const anchorInput = z.strictObject({ order: id(), anchor: day() });
export type AnchorInput = z.infer<typeof anchorInput>;
export type Release = z.infer<typeof release>;

/** Minor units net, off the invoice where it is negative; never zero. */
export const newAdjustment = z.strictObject({
  client: id(),
  text: filledLine(300),
  amount: minor().check(z.refine((amount) => amount !== 0)),
});
export type NewAdjustment = z.infer<typeof newAdjustment>;
export const adjustment = z.strictObject({ id: id() });

export const record = z.strictObject({ position: z.int() });
