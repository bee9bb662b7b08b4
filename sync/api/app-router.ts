import { accountRouter } from './account-router.ts';
import { auditRouter, lettersRouter, peopleRouter, settingsRouter } from './admin-router.ts';
import { billingRouter } from './billing-router.ts';
import { invoicesRouter, mailRouter, publicRouter } from './desk-router.ts';
import { syncRouter } from './sync-router.ts';
import { router } from './trpc.ts';

export const appRouter = router({
  account: accountRouter,
  sync: syncRouter,
  people: peopleRouter,
  letters: lettersRouter,
  audit: auditRouter,
  settings: settingsRouter,
  invoices: invoicesRouter,
  billing: billingRouter,
  mail: mailRouter,
  public: publicRouter,
});

/** All that the app knows of the server. */
export type AppRouter = typeof appRouter;
