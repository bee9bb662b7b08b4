import type { Provider } from '#shared/settings/api.ts';
import * as account from '#shared/people/account-input.ts';
import * as admin from '#shared/people/admin-input.ts';
import type { Me } from '#shared/people/api.ts';
import { procedure, router, signedIn } from '../trpc.ts';
import * as people from './manage-people.ts';
import * as own from './own-account.ts';
import { requestReset, setPassword } from './recover.ts';
import { register, resend, verify } from './register.ts';
import { sessionInfo } from './session-info.ts';
import { signIn, signOut } from './sign-in.ts';

/**
 * Accounts: who is signed in, registration, passwords, e-mail, second factor, sessions. Everything that changes
 * something is a mutation (POST), so a mail scanner that opens a link changes nothing.
 */
export const accountRouter = router({
  me: procedure.query(async ({ ctx }): Promise<{ me: Me | null; epoch: number } & Provider> => ({
    me: ctx.actor,
    epoch: ctx.epoch,
    ...(await sessionInfo(ctx.server, ctx.actor)),
  })),
  signIn: procedure
    .input(account.credentials)
    .mutation(async ({ ctx, input }): Promise<Me & { epoch: number; about: Provider }> => {
      const { request, response } = ctx;
      const person = await signIn(ctx.server, ctx.passport, { request, response, credentials: input });
      return { ...person, about: await sessionInfo(ctx.server, person) };
    }),
  signOut: procedure.mutation(async ({ ctx }) => {
    await signOut(ctx.server, ctx.request);
    return { ok: true };
  }),
  register: procedure
    .input(account.registration)
    .mutation(({ ctx, input }) => register(ctx.server, input, ctx.address)),
  resend: procedure
    .input(account.address)
    .mutation(({ ctx, input }) => resend(ctx.server, input.email, ctx.address)),
  verify: procedure
    .input(account.verification)
    .mutation(({ ctx, input }) => verify(ctx.server, input, ctx.address)),
  requestReset: procedure
    .input(account.address)
    .mutation(({ ctx, input }) => requestReset(ctx.server, input.email, ctx.address)),
  setPassword: procedure
    .input(account.newPassword)
    .mutation(({ ctx, input }) => setPassword(ctx.server, input, ctx.address)),
  confirmEmail: procedure
    .input(account.confirmation)
    .mutation(({ ctx, input }) => own.confirmEmail(ctx.server, input.token, ctx.address)),
  changePassword: signedIn
    .input(account.passwordChange)
    .mutation(({ ctx, input }) =>
      own.changePassword(ctx.server, ctx.actor, { ...input, session: ctx.session }),
    ),
  changeEmail: signedIn
    .input(account.emailChange)
    .mutation(({ ctx, input }) => own.changeEmail(ctx.server, ctx.actor, { ...input, address: ctx.address })),
  beginTotp: procedure
    .input(account.totpStart)
    .mutation(({ ctx, input }) => own.beginTotp(ctx.server, ctx.actor, { ...input, address: ctx.address })),
  confirmTotp: procedure.input(account.totpConfirm).mutation(({ ctx, input }) => {
    const { address, session } = ctx;
    return own.confirmTotp(ctx.server, ctx.actor, { ...input, address, session });
  }),
  removeTotp: signedIn
    .input(account.proven)
    .mutation(({ ctx, input }) => own.removeTotp(ctx.server, ctx.actor, input.proof)),
  newRecoveryCodes: signedIn
    .input(account.proven)
    .mutation(({ ctx, input }) => own.newRecoveryCodes(ctx.server, ctx.actor, input.proof)),
  /** Own sessions, newest use first, and whether the account has a second factor. */
  sessions: signedIn.query(({ ctx }) => own.ownSecurity(ctx.server, ctx.actor, ctx.session)),
  endSessions: signedIn
    .input(account.endSessions)
    .mutation(({ ctx, input }) => own.endOwnSessions(ctx.server, ctx.actor, input)),
});

/** Commands about people. A push must not do these things, because it may have waited on a device for days. */
export const peopleRouter = router({
  add: signedIn
    .input(admin.newPerson)
    .mutation(({ ctx, input }) => people.addPerson(ctx.server, ctx.actor, input)),
  edit: signedIn
    .input(admin.personEdit)
    .mutation(({ ctx, input }) => people.editPerson(ctx.server, ctx.actor, input)),
  setRole: signedIn
    .input(admin.roleChange)
    .mutation(({ ctx, input }) => people.setRole(ctx.server, ctx.actor, input)),
  setStatus: signedIn
    .input(admin.statusChange)
    .mutation(({ ctx, input }) => people.setStatus(ctx.server, ctx.actor, input)),
  remove: signedIn
    .input(admin.somebodyProven)
    .mutation(({ ctx, input }) => people.removePerson(ctx.server, ctx.actor, input)),
  resend: signedIn
    .input(admin.somebody)
    .mutation(({ ctx, input }) => people.resendTo(ctx.server, ctx.actor, input.id)),
  removeTotp: signedIn
    .input(admin.somebodyProven)
    .mutation(({ ctx, input }) => people.removeTotpOf(ctx.server, ctx.actor, input)),
  endSessions: signedIn
    .input(admin.somebody)
    .mutation(({ ctx, input }) => people.endSessionsOf(ctx.server, ctx.actor, input.id)),
});
