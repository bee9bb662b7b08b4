import {
  createTRPCClient,
  httpBatchLink,
  httpLink,
  httpSubscriptionLink,
  splitLink,
  TRPCClientError,
} from '@trpc/client';
import type { AnyTRPCRouter, inferRouterInputs, inferRouterOutputs } from '@trpc/server';
import type { Poke } from '../protocol.ts';
import type { SyncRouter } from '../server/router.ts';

/** How a request failed: with an error response (`status`), or without any response (`status` null). */
export type RequestError = {
  status: number | null;
  code: string | null;
  /** The refused field. */
  field: string | null;
  /** More information for the reader. */
  detail: string | null;
};

/** The address of the API. */
export type Options = {
  url: string;
  /** For clients outside a browser, which have no cookie jar. */
  fetch?: typeof globalThis.fetch;
  EventSource?: typeof globalThis.EventSource;
};

/**
 * Creates the tRPC client. The pulls of several collections at the same time are batched into one request. All other
 * requests, such as pushes, are sent alone, so that they neither delay others nor fail with them.
 */
export function createApi<Router extends AnyTRPCRouter>({
  url,
  fetch: innerFetch = globalThis.fetch,
  EventSource,
}: Options) {
  const fetch: typeof globalThis.fetch = async (input, init) => withErrorBody(await innerFetch(input, init));
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
  return createTRPCClient<Router>({ links });
}

/**
 * Gives an error response of a proxy or firewall the form of the server's own errors. Its body is a web page, from which
 * tRPC could not read the status.
 */
async function withErrorBody(response: Response): Promise<Response> {
  if (response.ok) return response;
  const text = await response.text();
  const { status } = response;
  const body = isFromServer(text)
    ? text
    : JSON.stringify({ error: { message: '', code: -32_603, data: { httpStatus: status } } });
  return new Response(body, { status, headers: { 'content-type': 'application/json' } });
}

function isFromServer(text: string): boolean {
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

/** The procedures of SyncRouter as a replica calls them, independent of the error shape of the product's API. */
export type SyncApi = {
  [P in 'first' | 'pull']: { query(input: Input<P>): Promise<Output<P>> };
} & {
  push: { mutate(input: Input<'push'>): Promise<Output<'push'>> };
  pokes: { subscribe(input: Input<'pokes'>, callbacks: Callbacks): { unsubscribe: () => void } };
};
type Input<P extends keyof inferRouterInputs<SyncRouter>> = inferRouterInputs<SyncRouter>[P];
type Output<P extends keyof inferRouterOutputs<SyncRouter>> = inferRouterOutputs<SyncRouter>[P];

/** Codes of errors that concern the whole replica, and not one of its documents. */
const aboutReplica: readonly (string | null)[] = [
  'access-changed',
  'account-disabled',
  'restored',
  'app-outdated',
  'server-outdated',
];
export const isAboutReplica = (code: string | null): boolean => aboutReplica.includes(code);

/** True for the error of any failed request. Other errors are defects or come from the device. */
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
