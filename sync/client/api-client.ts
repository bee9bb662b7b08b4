import { createTRPCClient, httpBatchLink, httpLink, httpSubscriptionLink, splitLink, TRPCClientError, type TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter, inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { Poke } from '../protocol.ts';
import type { SyncRouter } from '../server/router.ts';

/** How a request ended: with an answer that is a "no" (status), or with no answer at all (status null). */
export type RequestError = {
  status: number | null;
  code: string | null;
  /** Which field a "no" is about, and what its reader needs to go on. */
  field: string | null;
  detail: string | null;
};

/** Where the API is. */
export type Options = {
  url: string;
  /** For clients outside a browser, which have no cookie jar. */
  fetch?: typeof globalThis.fetch;
  EventSource?: typeof globalThis.EventSource;
};

/**
 * The tRPC client. A push goes alone: nothing waits for it or shares its fate. The pulls of several collections, which a
 * change wants together, are one request.
 */
export function createApi<Router extends AnyTRPCRouter>({ url, fetch: given = globalThis.fetch, EventSource }: Options) {
  const fetch: typeof globalThis.fetch = async (input, init) => explained(await given(input, init));
  const links = [
    splitLink<SyncRouter>({
      condition: ({ type }) => type === 'subscription',
      true: httpSubscriptionLink({ url, ...(EventSource ? { EventSource } : {}) }),
      false: splitLink({
        condition: ({ path }) => path === 'sync.pull',
        true: httpBatchLink({ url, fetch }),
        false: httpLink({ url, fetch }),
      }),
    }),
  ];
  // Links are typed by their router only for its transformer, which neither has.
  return createTRPCClient<Router>({ links: links as unknown as TRPCLink<Router>[] });
}

/**
 * An error that is not the server's own (of a proxy, a firewall) has a page for a body, from which tRPC would tell
 * nothing: it is given the form of the server's, so that its status is known.
 */
async function explained(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  const { status } = response;
  const body = isOwn(text)
    ? text
    : JSON.stringify({ error: { message: '', code: -32_603, data: { httpStatus: status } } });
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

function isOwn(text: string): boolean {
  try {
    const [first] = [JSON.parse(text) as unknown].flat();
    return typeof first === 'object' && first !== null && ('error' in first || 'result' in first);
  } catch {
    return false;
  }
}

type Callbacks = {
  onStarted: () => void;
  onData: (poke: Poke) => void;
  onConnectionStateChange: (change: { state: string; error: unknown }) => void;
  onError: (error: unknown) => void;
  onStopped: () => void;
  onComplete: () => void;
};

/** The procedures of SyncRouter as a replica calls them, whatever error shape the product's API has. */
export type SyncApi = {
  [P in 'first' | 'pull']: { query(input: Input<P>): Promise<Output<P>> };
} & {
  push: { mutate(input: Input<'push'>): Promise<Output<'push'>> };
  pokes: { subscribe(input: Input<'pokes'>, callbacks: Callbacks): { unsubscribe: () => void } };
};
type Input<P extends keyof inferRouterInputs<SyncRouter>> = inferRouterInputs<SyncRouter>[P];
type Output<P extends keyof inferRouterOutputs<SyncRouter>> = inferRouterOutputs<SyncRouter>[P];

/** True for the error of a request, however it ended; false for any other, which is a defect or the device's. */
export const isRequestError = (error: unknown): boolean => error instanceof TRPCClientError;

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
