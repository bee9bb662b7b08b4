import { Secret, TOTP } from 'otpauth';
import type { CollectionName } from '#shared/collections.ts';
import type { PullResponse } from '#sync/protocol.ts';
import { deliverDue } from '../email/deliver.ts';
import type { OutgoingMail, Transport } from '../email/transport.ts';
import { password } from './test-server.ts';
import type { Server } from '../context.ts';
import { renderEmail } from '../render-email.ts';

/** A caller of the API with plain HTTP, like curl: it keeps cookies and exposes the whole response. */
export type Caller = {
  cookie: () => string;
  get: (procedure: string, input?: unknown, headers?: Record<string, string>) => Promise<Response>;
  post: (procedure: string, body?: unknown, headers?: Record<string, string>) => Promise<Response>;
  pull: (collection: CollectionName, since?: number) => Promise<PullResponse>;
};

export function callerOf(url: string, firstCookie = ''): Caller {
  let cookie = firstCookie;
  const send = async (path: string, init: RequestInit): Promise<Response> => {
    const response = await fetch(`${url}/api/trpc/${path}`, init);
    const set = response.headers.get('set-cookie');
    if (set) cookie = set.split(';')[0] ?? '';
    return response;
  };
  const caller: Caller = {
    cookie: () => cookie,
    get: (procedure, input, headers = {}) => {
      const query = input === undefined ? '' : `?input=${encodeURIComponent(JSON.stringify(input))}`;
      return send(`${procedure}${query}`, { headers: { cookie, ...headers } });
    },
    post: (procedure, body = {}, headers = {}) =>
      send(procedure, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, ...headers },
        body: JSON.stringify(body),
      }),
    pull: async (collection, since = 0) => {
      const answer = await caller.get('sync.pull', { collection, epoch: 0, since, limit: 2_000 });
      const { result } = (await answer.json()) as { result: { data: PullResponse } };
      return result.data;
    },
  };
  return caller;
}

/** Signs a caller in with the password of everyone created by createPerson. */
export async function signInWith(
  url: string,
  login: string,
  more: Record<string, string> = {},
): Promise<Caller> {
  const caller = callerOf(url);
  const answer = await caller.post('account.signIn', { login, password, ...more });
  if (!answer.ok) throw new Error(`${login} was not let in: ${await answer.text()}`);
  return caller;
}

/** The error code of a response, or null if the call succeeded. */
export async function codeIn(response: Response): Promise<string | null> {
  const body = (await response.json()) as { error?: { data?: { errorCode?: string } } };
  return body.error?.data?.errorCode ?? null;
}

/** Delivers all e-mails that are due and returns them. */
export async function delivered(server: Server): Promise<OutgoingMail[]> {
  const mails: OutgoingMail[] = [];
  const transport: Transport = {
    send: (mail) => {
      mails.push(mail);
      return Promise.resolve();
    },
    close: () => undefined,
  };
  while ((await deliverDue(server, { transport, render: renderEmail })) > 0);
  return mails;
}

/** The token in the newest e-mail to an address, in the link that begins with a path. */
export async function emailTo(server: Server, address: string, path: string): Promise<string> {
  const mails = (await delivered(server)).filter(({ to, text }) => to === address && text.includes(path));
  const token = mails.at(-1)?.text.split(path)[1]?.slice(0, 43);
  if (!token) throw new Error(`no e-mail with ${path} to ${address}`);
  return token;
}

/** The code of an authenticator app, `steps` 30-second steps from now. */
export function nextTotp(secret: string, steps = 0): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: Date.now() + steps * 30_000 });
}
