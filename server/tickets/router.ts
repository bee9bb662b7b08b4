import * as input from '#shared/tickets/inbound-mail-input.ts';
import { procedure, router, signedIn } from '../api/trpc.ts';

/** Mail that came in and fits no ticket: needs the server at once, for two people may look at the same. */
export const mailRouter = router({
  list: signedIn
    .input(input.inboundMailQuery)
    .query(({ ctx, input: given }) => ctx.ports.incomingMail(ctx.actor, given)),
  count: signedIn.query(({ ctx }) => ctx.ports.unmatchedMail(ctx.actor)),
  attach: signedIn
    .input(input.mailToTicket)
    .mutation(({ ctx, input: given }) => ctx.ports.attachMail(ctx.actor, given)),
  open: signedIn
    .input(input.mailToNew)
    .mutation(({ ctx, input: given }) => ctx.ports.openFromMail(ctx.actor, given)),
  dismiss: signedIn
    .input(input.oneDocument)
    .mutation(({ ctx, input: given }) => ctx.ports.dismissMail(ctx.actor, given.id)),
});

/** Of invoices only a draft is removed, and that by a command: a push never removes anything. */
export const invoicesRouter = router({
  removeDraft: signedIn
    .input(input.oneDocument)
    .mutation(({ ctx, input: given }) => ctx.ports.removeDraft(ctx.actor, given.id)),
});

/** What anybody may see of the provider and ask of it. */
export const publicRouter = router({
  landing: procedure.query(({ ctx }) => ctx.ports.landing()),
  contact: procedure.input(input.contactForm).mutation(({ ctx, input: given }) => ctx.ports.contact(given)),
});
