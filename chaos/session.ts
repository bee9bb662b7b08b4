import { EventSource } from 'eventsource';
import { requestError } from '#sync/client/api-client.ts';
import { createAppApi, type Api } from '../server/test/api.ts';
import { password } from './cast.ts';
import type { Actor } from '#shared/people/actor.ts';

/** A device's session with the server. It keeps cookies like a browser. */
export type Session = {
  api: Api;
  signIn: () => Promise<Actor & { epoch: number }>;
};

type SessionOptions = {
  url: string;
  /** Each device has its own address, as at home, because sign-in attempts are counted by address. */
  address: string;
  /** Logs each request and its answer; used when the run's folder is kept. */
  trace?: (line: string) => void;
};

export function openSession(login: string, { url, address, trace }: SessionOptions): Session {
  let cookie = '';
  const withCookie: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-forwarded-for', address);
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers }).catch((error: unknown) => {
      trace?.(`${Date.now()} ${requestText(input, init)} -> nothing: ${String(error)}`);
      throw error;
    });
    if (trace && !requestText(input, init).includes('sync.pokes')) {
      trace(
        `${Date.now()} ${requestText(input, init)} -> ${response.status} ${await response.clone().text()}`,
      );
    }
    const set = response.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0] ?? '';
    return response;
  };
  class CookieEventSource extends EventSource {
    constructor(place: string | URL) {
      super(place, { fetch: (input, init) => withCookie(input, init) });
    }
  }
  const api = createAppApi({ url: `${url}/api/trpc`, fetch: withCookie, EventSource: CookieEventSource });
  return { api, signIn: () => api.account.signIn.mutate({ login, password }) };
}

function requestText(input: string | URL | Request, init: RequestInit | undefined): string {
  const address = input instanceof Request ? input.url : String(input);
  return `${decodeURIComponent(new URL(address).pathname + new URL(address).search)} ${typeof init?.body === 'string' ? init.body : ''}`;
}

/** True if the server answered with a refusal: the account cannot sign in at the moment. */
export function isRefusal(error: unknown): boolean {
  const { status } = requestError(error);
  return status !== null && status < 500;
}
