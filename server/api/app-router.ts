import { createSyncRouter } from '#sync/server/router.ts';
import { auditRouter, outboxRouter, settingsRouter } from '../settings/router.ts';
import { billingRouter, invoicesRouter } from '../invoices/router.ts';
import { accountRouter, peopleRouter } from '../people/router.ts';
import { publicRouter } from '../services/router.ts';
import { contactRouter, mailRouter } from '../tickets/router.ts';
import { router, signedIn } from '../trpc.ts';

/** Every procedure of the API. shared/procedures.ts says who may call it. */
export const appRouter = router({
  account: accountRouter,
  // The engine's procedures need a part of the context that every signed-in request has.
  sync: createSyncRouter(signedIn as unknown as Parameters<typeof createSyncRouter>[0]),
  people: peopleRouter,
  outbox: outboxRouter,
  audit: auditRouter,
  settings: settingsRouter,
  invoices: invoicesRouter,
  billing: billingRouter,
  mail: mailRouter,
  public: publicRouter,
  contact: contactRouter,
});

/** All that the app knows of the server. */
export type AppRouter = typeof appRouter;
