import { accountRouter } from './account-router.ts';
import { syncRouter } from './sync-router.ts';
import { router } from './trpc.ts';

export const appRouter = router({ account: accountRouter, sync: syncRouter });

/** All that the app knows of the server. */
export type AppRouter = typeof appRouter;
