import type { Collection } from '#shared/engine/collection.ts';
import type { FirstCursor, FirstPage, PullResponse, PushedRow, PushResponse, Reset } from '../protocol.ts';
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
  /** The server knows another version of the schema. Requests are retried until both have the same. */
  outdated: (who: 'app' | 'server') => void;
};

/** The server's database was restored from a backup. `from`: changes with a higher seq may be gone. */
export class Restored extends Error {
  readonly from: number;

  constructor(from: number) {
    super('the server was restored from a backup');
    this.from = from;
  }
}

/** Thrown after `accessLost` was called because the server asked for a reset of the replica. */
export const accessEnded = new Error('the rights of this replica are over');

/** The history that a checkpoint belongs to. Missing: there is no checkpoint yet. */
export type History = { generation?: string | undefined };

/**
 * The requests of one replica. Each request reports its outcome, and throws unless it was successful.
 *
 * @throws Restored if the server has another history than the replica
 */
export type Requests = {
  first: (name: string, at: { cursor: FirstCursor | null } & History, limit: number) => Promise<FirstPage>;
  pull: (name: string, at: { since: number } & History, limit: number) => Promise<PullResponse>;
  push: (name: string, rows: PushedRow[], history?: History) => Promise<PushResponse>;
};

/** The first pages of collections, by their names. */
export type FirstPages = Map<string, Promise<FirstPage | Reset>>;

type RequestsOptions = {
  api: SyncApi;
  person: string;
  /** How often the person's rights had changed when the replica was created. */
  epoch: number;
  device: string;
  definitions: Readonly<Record<string, Collection>>;
  now: () => number;
  reports: Reports;
  /** Answers to requests for first pages that were sent before the replica was opened. */
  firstPages?: FirstPages | undefined;
};

export function createRequests({
  api,
  person,
  epoch,
  device,
  definitions,
  now,
  reports,
  firstPages = new Map(),
}: RequestsOptions): Requests {
  const reporting = async <T extends object>(request: Promise<T | Reset>): Promise<T> => {
    try {
      const answer = await request;
      reports.answered();
      if (!('reset' in answer)) return answer;
      if (answer.reset === 'restored') throw new Restored(answer.from);
    } catch (error) {
      if (!isRequestError(error)) throw error;
      const { status, code } = requestError(error);
      if (code === 'account-disabled') reports.accessLost('disabled');
      else if (code === 'access-changed') reports.accessLost('changed');
      else if (code === 'app-outdated') reports.outdated('app');
      else if (code === 'server-outdated') reports.outdated('server');
      else if (status === 401) reports.signedOut();
      else if (status === null || status < 400 || status >= 500) reports.failed();
      else reports.answered();
      throw error;
    }
    reports.accessLost('changed');
    throw accessEnded;
  };
  const common = (collection: string) => ({
    collection,
    person,
    epoch,
    schema: definitions[collection]?.version,
  });
  return {
    first(name, at, limit) {
      const early = at.cursor === null ? firstPages.get(name) : undefined;
      firstPages.delete(name); // if it has failed, it is requested again
      return reporting(early ?? api.first.query({ ...common(name), ...at, limit }));
    },
    pull: (name, at, limit) => reporting(api.pull.query({ ...common(name), ...at, limit })),
    push: (name, rows, { generation } = {}) =>
      reporting(api.push.mutate({ ...common(name), generation, device, deviceNow: now(), rows })),
  };
}
