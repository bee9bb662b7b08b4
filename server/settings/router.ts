import * as input from '#shared/settings/admin-input.ts';
import { procedure, router, signedIn } from '../api/trpc.ts';

/** People, as commands: what a push must not do because it may have waited for days. */
export const peopleRouter = router({
  add: signedIn
    .input(input.newPerson)
    .mutation(({ ctx, input: given }) => ctx.ports.addPerson(ctx.actor, given)),
  edit: signedIn
    .input(input.personEdit)
    .mutation(({ ctx, input: given }) => ctx.ports.editPerson(ctx.actor, given)),
  setRole: signedIn
    .input(input.roleChange)
    .mutation(({ ctx, input: given }) => ctx.ports.setRole(ctx.actor, given)),
  setStatus: signedIn
    .input(input.statusChange)
    .mutation(({ ctx, input: given }) => ctx.ports.setStatus(ctx.actor, given)),
  remove: signedIn
    .input(input.somebodyProven)
    .mutation(({ ctx, input: given }) => ctx.ports.removePerson(ctx.actor, given)),
  resend: signedIn
    .input(input.somebody)
    .mutation(({ ctx, input: given }) => ctx.ports.resendTo(ctx.actor, given.id)),
  removeTotp: signedIn
    .input(input.somebodyProven)
    .mutation(({ ctx, input: given }) => ctx.ports.removeTotpOf(ctx.actor, given)),
  endSessions: signedIn
    .input(input.somebody)
    .mutation(({ ctx, input: given }) => ctx.ports.endSessionsOf(ctx.actor, given.id)),
});

/** The outbox of e-mails: what waits, what failed and why, and what an admin may do about it. */
export const outboxRouter = router({
  list: procedure.input(input.outboxQuery).query(({ ctx, input: given }) => ctx.ports.emails(given)),
  change: signedIn
    .input(input.outboxChange)
    .mutation(({ ctx, input: given }) => ctx.ports.changeQueuedEmail(ctx.actor, given)),
  resume: signedIn.mutation(({ ctx }) => ctx.ports.resumeOutbox(ctx.actor)),
});

export const auditRouter = router({
  list: procedure.input(input.auditQuery).query(({ ctx, input: given }) => ctx.ports.audit(given)),
});

export const settingsRouter = router({
  read: procedure.query(({ ctx }) => ctx.ports.readSettings()),
  save: signedIn
    .input(input.settingsSave)
    .mutation(({ ctx, input: given }) => ctx.ports.saveSettings(ctx.actor, given)),
  pages: procedure.query(({ ctx }) => ctx.ports.pages()),
  publish: signedIn
    .input(input.publication)
    .mutation(({ ctx, input: given }) => ctx.ports.publishPage(ctx.actor, given)),
  logo: signedIn
    .input(input.logo)
    .mutation(({ ctx, input: given }) => ctx.ports.setLogo(ctx.actor, given.png)),
});
