import * as mail from '#shared/tickets/inbound-mail-input.ts';
import { procedure, router, signedIn } from '../trpc.ts';
import { originalMail } from './inbound-mail/original-mail.ts';
import { renewReplyAddresses } from './inbound-mail/reply-token.ts';
import {
  attachMail,
  contact,
  countUnmatched,
  dismissMail,
  listMail,
  openFromMail,
} from './inbound-mail/unmatched-mail.ts';

/** E-mails that matched no ticket. These procedures need a connection because two people may handle the same e-mail. */
export const mailRouter = router({
  list: signedIn
    .input(mail.inboundMailQuery)
    .query(({ ctx, input }) => listMail(ctx.server, ctx.actor, input)),
  count: signedIn.query(({ ctx }) => countUnmatched(ctx.server, ctx.actor)),
  attach: signedIn
    .input(mail.mailToTicket)
    .mutation(({ ctx, input }) => attachMail(ctx.server, ctx.actor, input)),
  open: signedIn
    .input(mail.mailToNew)
    .mutation(({ ctx, input }) => openFromMail(ctx.server, ctx.actor, input)),
  original: signedIn
    .input(mail.originalQuery)
    .query(({ ctx, input }) => originalMail(ctx.server, ctx.actor, input)),
  renewAddresses: signedIn
    .input(mail.oneDocument)
    .mutation(({ ctx, input }) => renewReplyAddresses(ctx.server, ctx.actor, input.id)),
  dismiss: signedIn
    .input(mail.oneDocument)
    .mutation(({ ctx, input }) => dismissMail(ctx.server, ctx.actor, input.id)),
});

/** The contact form on the public page. */
export const contactRouter = router({
  send: procedure
    .input(mail.contactForm)
    .mutation(({ ctx, input }) => contact(ctx.server, input, ctx.address)),
});
