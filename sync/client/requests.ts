import type { FirstCursor, FirstPage, PullResponse, PushedRow, PushResponse } from '../protocol.ts';
import { type SyncApi, isRequestError, requestError } from './api-client.ts';

/** Callbacks for the outcome of requests. */
export type Reports = {
  /** A request got a response. */
  answered: () => void;
  /** A request got no response, or the server failed. */
  failed: () => void;
  signedOut: () => void;
  /** 'changed': the person's rights changed, so the replica must be rebuilt. 'disabled': it must be deleted. */
  accessLost: (reason: 'changed' | 'disabled') => void;
};

/** Thrown after `accessLost` was called because the server asked for a reset of the replica. */
export const accessEnded = new Error('the rights of this replica are over');

/** The requests of one replica. Each request reports its outcome, and throws unless it was successful. */
export type Requests = {
  first: (name: string, cursor: FirstCursor | null, limit: number) => Promise<FirstPage>;
  pull: (name: string, since: number, limit: number) => Promise<PullResponse>;
  push: (name: string, rows: PushedRow[]) => Promise<PushResponse>;
};

type RequestsOptions = {
  api: SyncApi;
  person: string;
  /** How often the person's rights had changed when the replica was created. */
  epoch: number;
  device: string;
  now: () => number;
  reports: Reports;
};

export function createRequests({ api, person, epoch, device, now, reports }: RequestsOptions): Requests {
  const reporting = async <T extends object>(request: Promise<T | { reset: true }>): Promise<T> => {
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
    throw accessEnded;
  };
  const common = (collection: string) => ({ collection, person, epoch });
  return {
    first: (name, cursor, limit) => reporting(api.first.query({ ...common(name), cursor, limit })),
    pull: (name, since, limit) => reporting(api.pull.query({ ...common(name), since, limit })),
    push: (name, rows) => reporting(api.push.mutate({ ...common(name), device, deviceNow: now(), rows })),
  };
}
