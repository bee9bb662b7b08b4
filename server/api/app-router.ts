import { createSyncRouter } from '#sync/server/router.ts';
import { auditRouter, outboxRouter, settingsRouter } from '../settings/router.ts';
import { billingRouter, invoicesRouter } from '../invoices/router.ts';
import { accountRouter, peopleRouter } from '../people/router.ts';
import { publicRouter } from '../services/router.ts';
import { contactRouter, mailRouter } from '../tickets/router.ts';
import { router, signedIn } from '../trpc.ts';

/** Every procedure of the API. shared/procedures.ts lists who may call each one. */
export const appRouter = router({
  account: accountRouter,
  // The sync procedures need only a part of the context of a signed-in request.
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

/** The type of the API: all that the app imports from the server. */
export type AppRouter = typeof appRouter;
