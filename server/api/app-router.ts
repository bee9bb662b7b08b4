import { accountRouter } from '../people/account-router.ts';
import { auditRouter, outboxRouter, peopleRouter, settingsRouter } from '../settings/router.ts';
import { billingRouter } from '../invoices/router.ts';
import { invoicesRouter, mailRouter, publicRouter } from '../tickets/router.ts';
import { syncRouter } from '#sync/server/router.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  account: accountRouter,
  sync: syncRouter,
  people: peopleRouter,
  emails: outboxRouter,
  audit: auditRouter,
  settings: settingsRouter,
  invoices: invoicesRouter,
  billing: billingRouter,
  mail: mailRouter,
  public: publicRouter,
});

/** All that the app knows of the server. */
export type AppRouter = typeof appRouter;
