import { createAppApi, type Api } from '../../server/test/api.ts';
import type { CollectionName } from '#shared/collections.ts';
import type { PullResponse } from '#sync/protocol.ts';

/** The API as a signed-in device speaks it. */
export function apiOf(url: string, cookie: string): Api {
  return createAppApi({
    url: `${url}/api/trpc`,
    fetch: (input, init) => {
      const headers = new Headers(init?.headers);
      headers.set('cookie', cookie);
      return fetch(input, { ...init, headers });
    },
  });
}

export type Wanted = { collection: CollectionName; person: string; since: number; limit?: number };

/** One pull of a replica made under the present rights; `limit` is the batch of the product's replicas. */
export async function pullOnce(api: Api, { limit = 1_000, ...wanted }: Wanted): Promise<PullResponse> {
  const answer = await api.sync.pull.query({ ...wanted, epoch: 0, limit });
  if ('reset' in answer) throw new Error('the rights of this replica are over');
  return answer;
}
