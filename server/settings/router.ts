import * as input from '#shared/settings/admin-input.ts';
import { pageQuery } from '#shared/settings/page-input.ts';
import * as form from '#shared/settings/settings-form.ts';
import { changeQueuedEmail, listOutbox, resumeOutbox } from '../email/outbox-commands.ts';
import { procedure, router, signedIn } from '../trpc.ts';
import { listAudit } from './list-audit.ts';
import { setLogo } from './logo.ts';
import { latest, page, publishPage } from './pages.ts';
import { saveSettings, storedSettings } from './settings.ts';

/** The outbox: scheduled, held and failed e-mails, and what an admin can do about them. */
export const outboxRouter = router({
  list: procedure.input(input.outboxQuery).query(({ ctx, input: query }) => listOutbox(ctx.server, query)),
  change: signedIn
    .input(input.outboxChange)
    .mutation(({ ctx, input: change }) => changeQueuedEmail(ctx.server, ctx.actor, change)),
  resume: signedIn.mutation(({ ctx }) => resumeOutbox(ctx.server, ctx.actor)),
});

export const auditRouter = router({
  list: procedure.input(input.auditQuery).query(({ ctx, input: query }) => listAudit(ctx.server, query)),
});

export const settingsRouter = router({
  read: procedure.query(({ ctx }) => storedSettings(ctx.server)),
  save: signedIn
    .input(form.settingsSave)
    .mutation(({ ctx, input: settings }) => saveSettings(ctx.server, ctx.actor, settings)),
  /** A public page, for everybody. */
  page: procedure.input(pageQuery).query(({ ctx, input: query }) => page(ctx.server, query)),
  pages: procedure.query(({ ctx }) => latest(ctx.server)),
  publish: signedIn
    .input(form.publication)
    .mutation(({ ctx, input: text }) => publishPage(ctx.server, ctx.actor, text)),
  logo: signedIn.input(form.logo).mutation(({ ctx, input: { png } }) => setLogo(ctx.server, ctx.actor, png)),
});
