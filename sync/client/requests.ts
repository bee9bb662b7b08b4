import type { FirstCursor, FirstPage, PullResponse, PushedRow, PushResponse } from '../protocol.ts';
import { type SyncApi, isRequestError, requestError } from './api-client.ts';

/** What the answers of the server say of the connection. */
export type Reports = {
  /** A request got an answer. */
  answered: () => void;
  /** A request got none, or the server is at fault. */
  failed: () => void;
  signedOut: () => void;
  /** The person's rights changed (the replica is to be made anew), or the account is over (it is to be deleted). */
  accessLost: (how: 'changed' | 'disabled') => void;
};

/** Thrown where the server's answer is that this replica is over; `accessLost` was told before. */
export const accessOver = new Error('the rights of this replica are over');

/** The requests of one replica; each reports how it ended, and throws where it got no good answer. */
export type Requests = {
  first: (name: string, cursor: FirstCursor | null, limit: number) => Promise<FirstPage>;
  pull: (name: string, since: number, limit: number) => Promise<PullResponse>;
  push: (name: string, rows: PushedRow[]) => Promise<PushResponse>;
};

type Wanted = {
  api: SyncApi;
  person: string;
  /** The count of changes of rights that the replica was made under. */
  epoch: number;
  device: string;
  now: () => number;
  reports: Reports;
};

export function createRequests({ api, person, epoch, device, now, reports }: Wanted): Requests {
  const reported = async <T extends object>(request: Promise<T | { reset: true }>): Promise<T> => {
    try {
      const answer = await request;
      reports.answered();
      if (!('reset' in answer)) return answer;
    } catch (error) {
      if (!isRequestError(error)) throw error;
      const { status, code } = requestError(error);
      if (code === 'account-disabled') reports.accessLost('disabled');
      else if (code === 'access-changed') reports.accessLost('changed');
      else if (status === 401) reports.signedOut();
      else if (status === null || status < 400 || status >= 500 || status === 429) reports.failed();
      else reports.answered();
      throw error;
    }
    reports.accessLost('changed');
    throw accessOver;
  };
  const of = (collection: string) => ({ collection, person, epoch });
  return {
    first: (name, cursor, limit) => reported(api.first.query({ ...of(name), cursor, limit })),
    pull: (name, since, limit) => reported(api.pull.query({ ...of(name), since, limit })),
    push: (name, rows) => reported(api.push.mutate({ ...of(name), device, deviceNow: now(), rows })),
  };
}
