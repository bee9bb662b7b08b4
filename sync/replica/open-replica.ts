import { addRxPlugin, createRxDatabase, type RxCollection, type RxStorage } from 'rxdb/plugins/core';
import { RxDBLeaderElectionPlugin } from 'rxdb/plugins/leader-election';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { BehaviorSubject, combineLatest, map, type Observable } from 'rxjs';
import type { CollectionName, Documents, Fields } from '#shared/collections/collections.ts';
import type { Role } from '#shared/collections/people.ts';
import { collectionsOf } from '#shared/policy/scope.ts';
import type { Poke } from '../wire.ts';
import { requestError, type Api } from './api-client.ts';
import { sameState } from './push-rows.ts';
import { refusalsSchema, type KeptRefusal } from './refusals.ts';
import { replicate, type Replication } from './replicate.ts';
import { rxSchemaOf } from './rx-schema.ts';

addRxPlugin(RxDBLeaderElectionPlugin);
addRxPlugin(RxDBLocalDocumentsPlugin);

export type Connection = {
  /** The last request got an answer. */
  online: boolean;
  /** The server no longer knows who this is: sign in again; nothing is lost meanwhile. */
  signedOut: boolean;
  /** When everything was last seen to be up to date, by the device's clock; null: never yet. */
  syncedAt: number | null;
  /** Changed: to be made anew under the new rights (renew.ts). Disabled: to be deleted. */
  access: 'same' | 'changed' | 'disabled';
};

/** One person's copy, on this device, of what the server lets them see. */
export type Replica = {
  collection: <N extends CollectionName>(name: N) => RxCollection<Documents[N]>;
  has: (name: CollectionName) => boolean;
  refusals: RxCollection<KeptRefusal>;
  connection: BehaviorSubject<Connection>;
  /** Writes that the server has not accepted yet. */
  waiting: Observable<{ collection: CollectionName; document: Fields }[]>;
  /** A new document, at once in every list, sent when there is a network. */
  insert: <N extends CollectionName>(name: N, document: Omit<Documents[N], ReplicaTimes>) => Promise<void>;
  patch: <N extends CollectionName>(name: N, id: string, changes: Partial<Documents[N]>) => Promise<void>;
  replication: Replication;
  /** Pulls everything now and opens the live stream anew: there is a network again, or a session. */
  resync: () => void;
  close: () => Promise<void>;
  /** Deletes everything of it from the device. */
  remove: () => Promise<void>;
};

type ReplicaTimes = 'createdAt' | 'updatedAt' | 'writtenAt' | 'seq';

type Wanted = {
  name: string;
  role: Role;
  person: string;
  /** The count of changes of rights that it is opened under. */
  epoch: number;
  storage: RxStorage<unknown, unknown>;
  api: Api;
  device: string;
  now: () => number;
  /** Several tabs share it; one of them, the leader, talks to the server. */
  multiInstance: boolean;
  retryMs?: number;
  /** Only these collections (a process may hold 13 in all); default: all that the role may see something of. */
  only?: readonly CollectionName[];
};

export async function openReplica(wanted: Wanted): Promise<Replica> {
  const { name, role, storage, api, device, now, multiInstance } = wanted;
  const names = wanted.only ?? collectionsOf(role);
  const db = await createRxDatabase({
    name,
    storage,
    multiInstance,
    eventReduce: true,
  });
  const conflictHandler = {
    isEqual: sameState,
    resolve: ({ realMasterState }: { realMasterState: Fields }) => Promise.resolve(realMasterState),
  };
  await db.addCollections({
    ...Object.fromEntries(names.map((each) => [each, { schema: rxSchemaOf(each), conflictHandler }])),
    // Drafts are local documents of this collection; on the database every collection would get a store for them.
    refusals: { schema: refusalsSchema, localDocuments: true },
  });
  const opened = db.collections as Record<string, RxCollection<Fields>>;
  const collections = new Map(names.flatMap((each) => (opened[each] ? [[each, opened[each]] as const] : [])));
  const refusals = db.collections['refusals'] as unknown as RxCollection<KeptRefusal>; // added above

  const connection = new BehaviorSubject<Connection>({
    online: false,
    signedOut: false,
    syncedAt: null,
    access: 'same',
  });
  const say = (change: Partial<Connection>) => connection.next({ ...connection.value, ...change });
  const replication = replicate({
    ...wanted,
    collections,
    refusals,
    device,
    now,
    reports: {
      answered: () => say({ online: true, signedOut: false, syncedAt: now() }),
      failed: () => say({ online: false }),
      signedOut: () => say({ online: true, signedOut: true }),
      accessLost: (how) => say({ online: true, access: how }),
    },
  });

  const pullAll = () => replication.resync(names);
  let live: Live | null = null;
  let closed = false;
  void (multiInstance ? db.waitForLeadership() : Promise.resolve()).then(() => {
    if (!closed) live = listen(api, { replication, pullAll, say, now });
  });

  const stop = async () => {
    closed = true;
    live?.stop();
    await replication.stop();
  };
  const collectionNamed = (each: CollectionName): RxCollection<Fields> => {
    const found = collections.get(each);
    if (!found) throw new Error(`a ${role}'s replica has no ${each}`);
    return found;
  };

  return {
    collection: (each) => collectionNamed(each) as unknown as RxCollection<Documents[typeof each]>, // same documents
    has: (each) => collections.has(each),
    refusals,
    connection,
    waiting: combineLatest(
      [...collections].map(([each, rx]) =>
        rx
          .find({ selector: { seq: 0 } })
          .$.pipe(
            map((documents) =>
              documents.map((document) => ({ collection: each, document: document.toJSON() })),
            ),
          ),
      ),
    ).pipe(map((lists) => lists.flat())),
    async insert(each, document) {
      const time = now();
      const times = { createdAt: time, updatedAt: time, writtenAt: time, seq: 0 };
      await collectionNamed(each).insert({ ...document, ...times }); // document + its times
    },
    async patch(each, id, changes) {
      const found = await collectionNamed(each).findOne(id).exec();
      if (!found) throw new Error(`${each} ${id} is not here`);
      await found.incrementalModify((document) => ({
        ...document,
        ...changes,
        // Each change of a document has a time of its own, by which the server knows one that was sent twice.
        writtenAt: Math.max(now(), Number(document['writtenAt']) + 1),
        seq: 0,
      }));
    },
    replication,
    resync() {
      pullAll();
      live?.reconnect();
    },
    async close() {
      await stop();
      await db.close();
    },
    async remove() {
      await stop();
      await db.remove();
    },
  };
}

type Live = { reconnect: () => void; stop: () => void };

const firstWaitMs = 1_000;
const longestWaitMs = 15_000;

/**
 * Hears of changes from the server, for as long as the replica is open: a stream that ends (the server stopped, a
 * proxy said no, the session ran out) is opened again. At each opening everything is pulled once, as pokes may have
 * been missed.
 */
function listen(
  api: Api,
  {
    replication,
    pullAll,
    say,
    now,
  }: {
    replication: Replication;
    pullAll: () => void;
    say: (change: Partial<Connection>) => void;
    now: () => number;
  },
): Live {
  let stopped = false;
  let wait = firstWaitMs;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let close: () => void = () => undefined;
  let turn = 0;

  const open = () => {
    clearTimeout(timer);
    close();
    // What an earlier stream still says does not count.
    const mine = (turn += 1);
    const ended = (change: Partial<Connection>) => {
      if (mine !== turn || stopped) return;
      turn += 1;
      say(change);
      // A pull is told why: signed out, disabled, other rights.
      if (change.online) pullAll();
      timer = setTimeout(open, wait);
      wait = Math.min(wait * 2, longestWaitMs);
    };
    const stream = api.sync.pokes.subscribe(undefined, {
      onStarted: () => {
        wait = firstWaitMs;
        say({ online: true, signedOut: false, syncedAt: now() });
        pullAll();
      },
      onData: (poke: Poke) => replication.resync(poke.collections),
      onConnectionStateChange: ({ state, error }) => {
        if (mine === turn && state === 'connecting' && error) say({ online: false });
      },
      onError: (error) => ended({ online: requestError(error).status === 401 }),
      onStopped: () => ended({ online: false }),
      onComplete: () => ended({ online: true }),
    });
    close = () => stream.unsubscribe();
  };
  open();

  return {
    reconnect() {
      wait = firstWaitMs;
      if (!stopped) open();
    },
    stop() {
      stopped = true;
      clearTimeout(timer);
      turn += 1;
      close();
    },
  };
}
