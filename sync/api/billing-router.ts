import * as z from 'zod/mini';
import { day, id } from '#shared/collections/field.ts';
import { procedure, router, signedIn } from './trpc.ts';

/** A run for `day` as it would be; it changes nothing. */
const dayWanted = z.strictObject({ day: day() });
/** All that is held of an order is billed, or only what is of days from `from` on. */
const release = z.strictObject({ order: id(), from: z.nullable(day()) });
export type Release = z.infer<typeof release>;

const record = z.strictObject({ position: z.int() });

/** The billing run, seen from outside: what it would do, what it did, and what it holds. */
export const billingRouter = router({
  nextRun: procedure.input(dayWanted).query(({ ctx, input }) => ctx.ports.nextRun(input.day)),
  release: signedIn.input(release).mutation(({ ctx, input }) => ctx.ports.releaseOrder(ctx.actor, input)),
  runs: procedure.query(({ ctx }) => ctx.ports.runs()),
  verifactu: procedure.query(({ ctx }) => ctx.ports.verifactu()),
  sayRecordAgain: signedIn
    .input(record)
    .mutation(({ ctx, input }) => ctx.ports.sayRecordAgain(ctx.actor, input.position)),
  runNow: signedIn.mutation(({ ctx }) => ctx.ports.runNow(ctx.actor)),
});
