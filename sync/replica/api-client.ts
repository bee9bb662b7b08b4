import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import type { AppRouter } from '../api/app-router.ts';

/** How a request ended: with an answer that is a "no" (status), or with no answer at all (status null). */
export type RequestError = {
  status: number | null;
  code: string | null;
  /** Which field a "no" is about, and what its reader needs to go on. */
  field: string | null;
  detail: string | null;
};

type Options = {
  url: string;
  /** For clients outside a browser, which have no cookie jar. */
  fetch?: typeof globalThis.fetch;
  EventSource?: typeof globalThis.EventSource;
};

/**
 * The tRPC client. A push goes alone: nothing waits for it or shares its fate. The pulls of several collections, which a
 * change wants together, are one request.
 */
export function createApi({ url, fetch, EventSource }: Options) {
  return createTRPCClient<AppRouter>({
    links: [
      splitLink({
        condition: ({ type }) => type === 'subscription',
        true: httpSubscriptionLink({ url, ...(EventSource ? { EventSource } : {}) }),
        false: splitLink({
          condition: ({ path }) => path === 'sync.pull',
          true: httpBatchLink({ url, ...(fetch ? { fetch } : {}) }),
          false: httpLink({ url, ...(fetch ? { fetch } : {}) }),
        }),
      }),
    ],
  });
}

export type Api = ReturnType<typeof createApi>;

export function requestError(error: unknown): RequestError {
  if (!(error instanceof TRPCClientError)) {
    return { status: null, code: null, field: null, detail: null };
  }
  const data = error.data as
    | (Partial<Record<'errorCode' | 'field' | 'detail', string>> & {
        httpStatus?: number;
      })
    | null
    | undefined; // the error formatter's
  const response = (error.meta?.['response'] ?? null) as Response | null;
  return {
    status: data?.httpStatus ?? response?.status ?? null,
    code: data?.errorCode ?? null,
    field: data?.field ?? null,
    detail: data?.detail ?? null,
  };
}
