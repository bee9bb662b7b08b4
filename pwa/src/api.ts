import { createApi, requestError } from '#sync/client/api-client.ts';

/** The one tRPC client of the app; the cookie of the same origin goes with it. */
export const api = createApi({ url: '/api/trpc' });
export { requestError };
