import * as z from 'zod/mini';
import { day, filledLine, id, minor } from '#shared/engine/field.ts';
import { procedure, router, signedIn } from '../api/trpc.ts';

/** A run for `day` as it would be; it changes nothing. */
const dayInput = z.strictObject({ day: day() });
/** All that is held of an order is billed, or only what is of days from `from` on. */
const release = z.strictObject({ order: id(), from: z.nullable(day()) });
/** The first day of a period, instead of the day on which the order became active. */
const anchorInput = z.strictObject({ order: id(), anchor: day() });
export type AnchorInput = z.infer<typeof anchorInput>;
export type Release = z.infer<typeof release>;

/** Minor units net, off the invoice where it is negative; never zero. */
const newAdjustment = z.strictObject({
  client: id(),
  text: filledLine(300),
  amount: minor().check(z.refine((amount) => amount !== 0)),
});
export type NewAdjustment = z.infer<typeof newAdjustment>;
const adjustment = z.strictObject({ id: id() });

const record = z.strictObject({ position: z.int() });

/** The billing run, seen from outside: what it would do, what it did, and what it holds. */
export const billingRouter = router({
  nextRun: procedure.input(dayInput).query(({ ctx, input }) => ctx.ports.nextRun(input.day)),
  release: signedIn.input(release).mutation(({ ctx, input }) => ctx.ports.releaseOrder(ctx.actor, input)),
  setAnchor: signedIn.input(anchorInput).mutation(({ ctx, input }) => ctx.ports.setAnchor(ctx.actor, input)),
  adjustments: procedure.query(({ ctx }) => ctx.ports.adjustments()),
  addAdjustment: signedIn.input(newAdjustment).mutation(({ ctx, input }) => ctx.ports.addAdjustment(ctx.actor, input)),
  removeAdjustment: signedIn.input(adjustment).mutation(({ ctx, input }) => ctx.ports.removeAdjustment(ctx.actor, input.id)),
  runs: procedure.query(({ ctx }) => ctx.ports.runs()),
  verifactu: procedure.query(({ ctx }) => ctx.ports.verifactu()),
  resendRecord: signedIn
    .input(record)
    .mutation(({ ctx, input }) => ctx.ports.resendRecord(ctx.actor, input.position)),
  runNow: signedIn.mutation(({ ctx }) => ctx.ports.runNow(ctx.actor)),
});
