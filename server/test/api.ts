import { createApi, type Options } from '#sync/client/api-client.ts';
import type { AppRouter } from '../api/app-router.ts';

/** The product's API, as the app calls it. */
export const createAppApi = (options: Options) => createApi<AppRouter>(options);
export type Api = ReturnType<typeof createAppApi>;
