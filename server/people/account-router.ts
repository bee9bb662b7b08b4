import * as input from '#shared/people/account-input.ts';
import { procedure, router, signedIn } from '../api/trpc.ts';

export type Me = { id: string; role: 'client' | 'helpdesk' | 'accountant' | 'admin'; name: string };

/**
 * Accounts: who am I, in and out, registration, passwords, e-mail, second factor, sessions. Everything that changes
 * something is a mutation (POST): a link that a mail scanner opens changes nothing.
 */
export const accountRouter = router({
  me: procedure.query(async ({ ctx }) => {
    const provider = await ctx.ports.provider(ctx.actor);
    const me: Me | null = ctx.actor;
    return { me, epoch: ctx.epoch, ...provider };
  }),
  signIn: procedure
    .input(input.credentials)
    .mutation(({ ctx, input: given }): Promise<Me & { epoch: number }> => ctx.ports.signIn(given)),
  signOut: procedure.mutation(async ({ ctx }) => {
    await ctx.ports.signOut();
    return { ok: true };
  }),
  register: procedure
    .input(input.registration)
    .mutation(({ ctx, input: given }) => ctx.ports.register(given)),
  resend: procedure.input(input.address).mutation(({ ctx, input: given }) => ctx.ports.resend(given.email)),
  verify: procedure.input(input.verification).mutation(({ ctx, input: given }) => ctx.ports.verify(given)),
  requestReset: procedure
    .input(input.address)
    .mutation(({ ctx, input: given }) => ctx.ports.requestReset(given.email)),
  setPassword: procedure
    .input(input.newPassword)
    .mutation(({ ctx, input: given }) => ctx.ports.setPassword(given)),
  confirmEmail: procedure
    .input(input.confirmation)
    .mutation(({ ctx, input: given }) => ctx.ports.confirmEmail(given.token)),
  changePassword: signedIn
    .input(input.passwordChange)
    .mutation(({ ctx, input: given }) => ctx.ports.changePassword(ctx.actor, given)),
  changeEmail: signedIn
    .input(input.emailChange)
    .mutation(({ ctx, input: given }) => ctx.ports.changeEmail(ctx.actor, given)),
  beginTotp: procedure
    .input(input.totpStart)
    .mutation(({ ctx, input: given }) => ctx.ports.beginTotp(ctx.actor, given)),
  confirmTotp: procedure
    .input(input.totpConfirm)
    .mutation(({ ctx, input: given }) => ctx.ports.confirmTotp(ctx.actor, given)),
  removeTotp: signedIn
    .input(input.proven)
    .mutation(({ ctx, input: given }) => ctx.ports.removeTotp(ctx.actor, given.proof)),
  newRecoveryCodes: signedIn
    .input(input.proven)
    .mutation(({ ctx, input: given }) => ctx.ports.newRecoveryCodes(ctx.actor, given.proof)),
  /** Own sessions, newest use first, and whether the account has a second factor. */
  sessions: signedIn.query(({ ctx }) => ctx.ports.ownSecurity(ctx.actor)),
  endSessions: signedIn
    .input(input.endSessions)
    .mutation(({ ctx, input: given }) => ctx.ports.endOwnSessions(ctx.actor, given)),
  page: procedure.input(input.pageQuery).query(({ ctx, input: given }) => ctx.ports.page(given)),
});
