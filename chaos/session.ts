import { EventSource } from 'eventsource';
import { requestError } from '#sync/client/api-client.ts';
import { createAppApi, type Api } from '../server/test/api.ts';
import { password } from './cast.ts';
import type { Actor } from '#shared/people/actor.ts';

/** A device's way to the server, with a cookie jar as a browser has one. */
export type Session = {
  api: Api;
  signIn: () => Promise<Actor & { epoch: number }>;
};

type Way = {
  url: string;
  /** Each device has one of its own, as at home: tries to sign in are counted by it. */
  address: string;
  /** Where a run is kept, each device writes down what it sent and was answered. */
  trace?: (line: string) => void;
};

export function openSession(login: string, { url, address, trace }: Way): Session {
  let cookie = '';
  const withCookie: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-forwarded-for', address);
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers }).catch((error: unknown) => {
      trace?.(`${Date.now()} ${asked(input, init)} -> nothing: ${String(error)}`);
      throw error;
    });
    if (trace && !asked(input, init).includes('sync.pokes')) {
      trace(`${Date.now()} ${asked(input, init)} -> ${response.status} ${await response.clone().text()}`);
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

function asked(input: string | URL | Request, init: RequestInit | undefined): string {
  const address = input instanceof Request ? input.url : String(input);
  return `${decodeURIComponent(new URL(address).pathname + new URL(address).search)} ${typeof init?.body === 'string' ? init.body : ''}`;
}

/** True where the server answered, with a no: the account is not open at the moment. */
export function isNo(error: unknown): boolean {
  const { status } = requestError(error);
  return status !== null && status < 500;
}
