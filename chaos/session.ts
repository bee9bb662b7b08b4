import { EventSource } from 'eventsource';
import { createApi, requestError, type Api } from '#sync/replica/api-client.ts';
import type { Actor } from '#shared/policy/actor.ts';
import { password } from './cast.ts';

/** A device's way to the server, with a cookie jar as a browser has one. */
export type Session = {
  api: Api;
  signIn: () => Promise<Actor & { epoch: number }>;
};

/** @param address each device has one of its own, as at home: tries to sign in are counted by it */
export function openSession(url: string, login: string, address: string): Session {
  let cookie = '';
  const withCookie: typeof fetch = async (input, init) => {
    const headers = new Headers(init?.headers);
    headers.set('x-forwarded-for', address);
    if (cookie) headers.set('cookie', cookie);
    const response = await fetch(input, { ...init, headers });
    const set = response.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0] ?? '';
    return response;
  };
  class CookieEventSource extends EventSource {
    constructor(place: string | URL) {
      super(place, { fetch: (input, init) => withCookie(input, init) });
    }
  }
  const api = createApi({ url: `${url}/api/trpc`, fetch: withCookie, EventSource: CookieEventSource });
  return { api, signIn: () => api.account.signIn.mutate({ login, password }) };
}

/** True where the server answered, with a no: the account is not open at the moment. */
export function isNo(error: unknown): boolean {
  const { status } = requestError(error);
  return status !== null && status < 500;
}
