import { createApi, requestError } from '#sync/client/api-client.ts';
import type { AppRouter } from '../../server/api/app-router.ts';

/** The one tRPC client of the app. The cookie of the same origin goes with it. */
export const api = createApi<AppRouter>({ url: '/api/trpc' });
export { requestError };
