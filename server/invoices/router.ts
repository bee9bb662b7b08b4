import * as z from 'zod/mini';
import { day, filledLine, id, minor } from '#shared/engine/field.ts';
import { procedure, router, signedIn } from '../api/trpc.ts';

/** A run for `day` as it would be; it changes nothing. */
const dayWanted = z.strictObject({ day: day() });
/** All that is held of an order is billed, or only what is of days from `from` on. */
const release = z.strictObject({ order: id(), from: z.nullable(day()) });
/** The first day of a period, instead of the day on which the order became active. */
const anchorWanted = z.strictObject({ order: id(), anchor: day() });
export type AnchorWanted = z.infer<typeof anchorWanted>;
export type Release = z.infer<typeof release>;

/** Minor units net, off the invoice where it is negative; never zero. */
const newExtra = z.strictObject({
  client: id(),
  text: filledLine(300),
  amount: minor().check(z.refine((amount) => amount !== 0)),
});
export type NewExtra = z.infer<typeof newExtra>;
const extra = z.strictObject({ id: id() });

const record = z.strictObject({ position: z.int() });

/** The billing run, seen from outside: what it would do, what it did, and what it holds. */
export const billingRouter = router({
  nextRun: procedure.input(dayWanted).query(({ ctx, input }) => ctx.ports.nextRun(input.day)),
  release: signedIn.input(release).mutation(({ ctx, input }) => ctx.ports.releaseOrder(ctx.actor, input)),
  setAnchor: signedIn.input(anchorWanted).mutation(({ ctx, input }) => ctx.ports.setAnchor(ctx.actor, input)),
  extras: procedure.query(({ ctx }) => ctx.ports.extras()),
  addExtra: signedIn.input(newExtra).mutation(({ ctx, input }) => ctx.ports.addExtra(ctx.actor, input)),
  removeExtra: signedIn.input(extra).mutation(({ ctx, input }) => ctx.ports.removeExtra(ctx.actor, input.id)),
  runs: procedure.query(({ ctx }) => ctx.ports.runs()),
  verifactu: procedure.query(({ ctx }) => ctx.ports.verifactu()),
  sayRecordAgain: signedIn
    .input(record)
    .mutation(({ ctx, input }) => ctx.ports.sayRecordAgain(ctx.actor, input.position)),
  runNow: signedIn.mutation(({ ctx }) => ctx.ports.runNow(ctx.actor)),
});
