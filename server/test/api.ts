import { createApi, type Options } from '#sync/client/api-client.ts';
import type { AppRouter } from '../api/app-router.ts';

/** Creates a client for the product's API, as the app uses it. */
export const createAppApi = (options: Options) => createApi<AppRouter>(options);
export type Api = ReturnType<typeof createAppApi>;
