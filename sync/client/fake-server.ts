import type { DocumentMap } from './local-writes.ts';
import 'fake-indexeddb/auto';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Fields } from '#shared/engine/collection.ts';
import type { FirstPage, Pulled, PullResponse, PushedRow, PushResponse } from '../protocol.ts';
import type { SyncApi } from './api-client.ts';
import { toyRights, toys, type ToyDocuments } from '../toy-collections.ts';
import { openReplica, type Replica } from './store.ts';

/** Test support: an in-memory server for a real replica on fake-indexeddb. */
export type FakeServer = {
  /** The documents of the server, oldest change first. */
  rows: Pulled[];
  /** All rows that were pushed. */
  pushed: PushedRow[];
  /** Called before every request. A test can make it wait or throw. */
  before: (request: 'first' | 'pull' | 'push') => Promise<void> | void;
  api: SyncApi;
};

export function createFakeServer(): FakeServer {
  const server: FakeServer = {
    rows: [],
    pushed: [],
    before: () => undefined,
    api: {} as SyncApi, // set below
  };
  const head = () => Math.max(0, ...server.rows.map(({ seq }) => Number(seq)));
  const sync = {
    first: {
      async query(): Promise<FirstPage> {
        await server.before('first');
        return {
          documents: server.rows,
          head: head(),
          generation: 'only',
          next: null,
          total: server.rows.length,
        };
      },
    },
    pull: {
      async query({ since }: { since: number }): Promise<PullResponse> {
        await server.before('pull');
        const documents = server.rows.filter(({ seq }) => Number(seq) > since);
        return { documents, checkpoint: { seq: Math.max(since, head()), generation: 'only' }, more: false };
      },
    },
    push: {
      async mutate({ rows }: { rows: PushedRow[] }): Promise<PushResponse> {
        await server.before('push');
        server.pushed.push(...rows);
        const documents = rows.map(({ next }, i): Pulled => {
          return { ...next, id: String(next['id']), seq: head() + 1 + i, _deleted: false };
        });
        const written = new Set(documents.map(({ id }) => id));
        server.rows = [...server.rows.filter(({ id }) => !written.has(id)), ...documents];
        return { documents, refusals: [], generation: 'only' };
      },
    },
    pokes: { subscribe: () => ({ unsubscribe: () => undefined }) },
  };
  server.api = sync; // safe: it has everything that a replica calls
  return server;
}

let opened = 0;

/** Opens a librarian's replica of these toy collections. */
export function openOn<D extends DocumentMap = ToyDocuments>(
  server: FakeServer,
  only: readonly string[],
  options: Partial<Parameters<typeof openReplica>[0]> = {},
): Promise<Replica<D>> {
  return openReplica<D>({
    name: `replica-${(opened += 1)}`,
    role: 'librarian',
    collections: toys,
    rights: toyRights,
    person: '0190a000-0000-7000-8000-000000000001',
    epoch: 0,
    storage: getRxStorageDexie(),
    api: server.api,
    device: 'test',
    now: Date.now,
    multiInstance: false,
    retryMs: 20,
    only,
    mayBeOlder: false,
    ...options,
  });
}

/** Builds a row of the server, with the times that every document has. */
export function rowOf(fields: Fields, seq: number): Pulled {
  const time = 1_700_000_000_000;
  return { createdAt: time, updatedAt: time, writtenAt: time, ...fields, seq, _deleted: false };
}
