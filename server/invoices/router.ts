import * as billing from '#shared/invoices/billing-input.ts';
import { oneDocument } from '#shared/tickets/inbound-mail-input.ts';
import { setAnchor } from '../orders/set-anchor.ts';
import { procedure, router, signedIn } from '../trpc.ts';
import { addAdjustment, listAdjustments, removeAdjustment } from './adjustment-commands.ts';
import { askRun, listRuns } from './billing-runs.ts';
import { nextRun } from './next-run.ts';
import { releaseOrder } from './release-order.ts';
import { removeDraft } from './remove-draft.ts';
import { resendRecord, verifactuState } from './verifactu/status.ts';

/** Billing runs: previews, results and held orders; adjustments; and records for the tax office. */
export const billingRouter = router({
  nextRun: procedure.input(billing.dayInput).query(({ ctx, input }) => nextRun(ctx.server, input.day)),
  release: signedIn
    .input(billing.release)
    .mutation(({ ctx, input }) => releaseOrder(ctx.server, ctx.actor, input)),
  setAnchor: signedIn
    .input(billing.anchorInput)
    .mutation(({ ctx, input }) => setAnchor(ctx.server, ctx.actor, input)),
  adjustments: procedure.query(({ ctx }) => listAdjustments(ctx.server)),
  addAdjustment: signedIn
    .input(billing.newAdjustment)
    .mutation(({ ctx, input }) => addAdjustment(ctx.server, ctx.actor, input)),
  removeAdjustment: signedIn
    .input(billing.adjustment)
    .mutation(({ ctx, input }) => removeAdjustment(ctx.server, ctx.actor, input.id)),
  runs: procedure.query(({ ctx }) => listRuns(ctx.server)),
  runNow: signedIn.mutation(({ ctx }) => askRun(ctx.server, ctx.actor, 'make-invoices')),
  verifactu: procedure.query(({ ctx }) => verifactuState(ctx.server)),
  resendRecord: signedIn
    .input(billing.record)
    .mutation(({ ctx, input }) => resendRecord(ctx.server, ctx.actor, input.position)),
});

/** Removes draft invoices. This is a command because a push never removes anything. */
export const invoicesRouter = router({
  removeDraft: signedIn
    .input(oneDocument)
    .mutation(({ ctx, input }) => removeDraft(ctx.server, ctx.actor, input.id)),
});
