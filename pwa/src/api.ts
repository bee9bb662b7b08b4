import { createApi, requestError } from '#sync/client/api-client.ts';
import type { AppRouter } from '../../server/api/app-router.ts';

/** The app's only tRPC client. Requests go to the same origin, so the session cookie is sent with them. */
export const api = createApi<AppRouter>({ url: '/api/trpc' });
export { requestError };
