import { createAppApi, type Api } from '../../server/test/api.ts';
import type { CollectionName } from '#shared/collections.ts';
import type { PullResponse } from '#sync/protocol.ts';
import { countBytes, isProfile } from './profile/profile.ts';

/** The API client of a signed-in device. */
export function apiOf(url: string, cookie: string): Api {
  return createAppApi({
    url: `${url}/api/trpc`,
    fetch: async (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('cookie', cookie);
      const response = await fetch(input, { ...init, headers });
      if (isProfile()) await countExchange(input, init, response.clone());
      return response;
    },
  });
}

async function countExchange(
  input: string | URL | Request,
  init: RequestInit | undefined,
  answer: Response,
): Promise<void> {
  const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
  const sent = typeof init?.body === 'string' ? init.body : (searchParams.get('input') ?? '');
  const [, collection = ''] = /"collection":"(\w+)"/.exec(sent) ?? [];
  const what = `${pathname.replace('/api/trpc/', '')} ${collection}`;
  countBytes(what, sent.length + (await answer.text()).length);
}

export type PullOptions = { collection: CollectionName; person: string; since: number; limit?: number };

/**
 * One pull by a replica created under the current rights. `limit` defaults to the batch size of the product's
 * replicas.
 */
export async function pullOnce(api: Api, { limit = 1_000, ...options }: PullOptions): Promise<PullResponse> {
  const answer = await api.sync.pull.query({ ...options, epoch: 0, limit });
  if ('reset' in answer) throw new Error('the rights of this replica are over');
  return answer;
}
