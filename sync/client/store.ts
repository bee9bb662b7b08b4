import {
  addRxPlugin,
  createRxDatabase,
  type RxCollection,
  type RxCollectionCreator,
  type RxDocument,
  type RxStorage,
} from 'rxdb/plugins/core';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { BehaviorSubject, combineLatest, map, throttleTime, type Observable } from 'rxjs';
import { storageNameOf, type Collection, type Fields } from '#shared/engine/collection.ts';
import type { Rights } from '#shared/engine/rights.ts';
import type { SyncApi } from './api-client.ts';
import { notConnected, type Connection } from './connection.ts';
import { listen, type LiveHandlers, type Live } from './live.ts';
import { withLateInserts } from './late-inserts.ts';
import { createLocalWrites, type DocumentMap, type LocalWrites } from './local-writes.ts';
import { addMigrations, migrationsOf } from './migrate.ts';
import type { PushRules } from './push.ts';
import { refusalsSchema, type KeptRefusal } from './refusals.ts';
import type { FirstPages } from './requests.ts';
import { replicate, type Replication } from './replicate.ts';
import { rxSchemaOf } from './rx-schema.ts';
import { createSentLog, type SentWrite } from './sent-log.ts';
import { toWire, type Stored } from './server-documents.ts';

addRxPlugin(RxDBLocalDocumentsPlugin);

/** One person's local copy of all documents that they may see. */
export type Replica<D extends DocumentMap = DocumentMap> = LocalWrites<D> & {
  collection: <N extends keyof D & string>(name: N) => RxCollection<D[N]>;
  has: (name: string) => boolean;
  refusals: RxCollection<KeptRefusal>;
  connection: BehaviorSubject<Connection>;
  /** Writes that the server has not accepted yet. */
  waiting: Observable<Waiting<keyof D & string>[]>;
  /** Reads them now. `waiting` may be a moment behind. */
  unsent: () => Promise<Waiting[]>;
  replication: Pick<Replication, 'inSync' | 'pulledOnce' | 'stop'>;
  /** Sends and pulls everything now and reopens the live stream, because there is a network or a session again. */
  resync: () => void;
  /** The device says that it has no network: it is shown as offline before a request fails. */
  networkLost: () => void;
  close: () => Promise<void>;
  /** Deletes the replica from the device. */
  remove: () => Promise<void>;
};

/** An unsent write: the document as it is now, and its base on the server (null if the document is new). */
export type Waiting<Name extends string = string> = {
  collection: Name;
  document: Fields;
  base: Fields | null;
};

/** Elects one of several tabs that share a replica to talk to the server. @returns a function that resigns */
export type Leadership = (callbacks: { gained: () => void; lost: () => void }) => () => void;

type ActiveReplication = { replication: Replication; live: Live | null };

/** For a single tab, which always leads. */
const alwaysLeader: Leadership = ({ gained }) => {
  gained();
  return () => undefined;
};

type Options = {
  /** Name of the replica's database. */
  name: string;
  /** Every collection of the product, in the order in which they are pushed: parents first. */
  collections: Readonly<Record<string, Collection>>;
  rights: Pick<Rights, 'collectionsOf' | 'view'>;
  /** What the engine cannot know about the product's documents. */
  rules?: Omit<PushRules, 'leavesSight'>;
  role: string;
  person: string;
  /** How often the person's rights had changed when the replica was created. */
  epoch: number;
  storage: RxStorage<unknown, unknown>;
  api: SyncApi;
  device: string;
  now: () => number;
  /** True if several tabs share the replica. */
  multiInstance: boolean;
  /** When the device was last up to date, as far as is known. */
  syncedAt?: number | null;
  leadership?: Leadership;
  retryMs?: number;
  /** First pages that were requested before, for a replica that has nothing yet (requests.ts). */
  firstPages?: FirstPages | undefined;
  /** Accepted writes of the replica that this one replaces (reset.ts). */
  sent?: readonly SentWrite[] | undefined;
  /** Opens only these collections (a process may open 13 in all). Default: all that the role may read, at least in part. */
  only?: readonly string[];
  /** False if the device has no replica of an older version of the app. Migrations are then not loaded. */
  mayBeOlder?: boolean;
};

/** Opens the replica, or creates it. A replica of an older version of the app is migrated. */
export async function openReplica<D extends DocumentMap>(options: Options): Promise<Replica<D>> {
  const {
    name,
    role,
    storage,
    api,
    now,
    multiInstance,
    leadership = alwaysLeader,
    mayBeOlder = true,
  } = options;
  const names = options.only ?? options.rights.collectionsOf(role);
  const definitions = names.map((each) => definitionOf(options.collections, each));
  if (mayBeOlder) await addMigrations();
  const db = await createRxDatabase({
    name,
    storage: withLateInserts(storage),
    multiInstance,
    eventReduce: true,
  });
  const creators = definitions.map((each): [string, RxCollectionCreator<Fields>] => [
    storageNameOf(each),
    { schema: rxSchemaOf(each), ...migrationsOf(each) },
  ]);
  await db.addCollections({
    ...Object.fromEntries(creators),
    // Drafts are local documents of this collection. Enabled on the database, every collection would get a store for them.
    refusals: { schema: refusalsSchema, localDocuments: true },
  });
  const opened = db.collections as Record<string, RxCollection<Fields>>;
  const collections = new Map(
    definitions.flatMap((each) => {
      const stored = opened[storageNameOf(each)];
      return stored ? [[each.name, stored] as const] : [];
    }),
  );
  const refusals = db.collections['refusals'] as unknown as RxCollection<KeptRefusal>; // safe: added above

  const sent = createSentLog(refusals);
  if (options.sent) await sent.replaceWith(options.sent);

  const connection = new BehaviorSubject<Connection>({ ...notConnected, syncedAt: options.syncedAt ?? null });
  const update = (change: Partial<Connection>) => {
    const tried = connection.value.tried || change.online !== undefined;
    connection.next({ ...connection.value, ...change, tried });
  };
  /** If there was a connection, the documents were up to date until now. */
  const unreachable = () =>
    update({ online: false, ...(connection.value.online ? { syncedAt: now() } : {}) });
  const pulledOnce = Promise.withResolvers<void>();
  let active: ActiveReplication | null = null;

  const start = () => {
    const replication = replicate({
      ...options,
      collections,
      definitions: options.collections,
      rules: { leavesSight: leavesSightOf(options), ...options.rules },
      refusals,
      sent,
      reports: {
        answered: () => update({ online: true, signedOut: false, outdated: null, syncedAt: now() }),
        outdated: (who) => update({ online: true, outdated: who }),
        failed: unreachable,
        signedOut() {
          update({ online: true, signedOut: true });
          active?.live?.halt();
        },
        accessLost: (reason) => update({ online: true, access: reason }),
        sending: (sending) => update({ sending }),
        progress: (progress) => update({ progress }),
        fault: (fault) => update({ fault }),
      },
    });
    void replication.pulledOnce().then(pulledOnce.resolve);
    const started: ActiveReplication = { replication, live: null };
    active = started;
    // The live stream needs the checkpoint of each collection, so it is opened after the first pages.
    void replication.checkpointsKnown().then(() => {
      if (active === started) started.live = listen(api, identity, liveHandlers(replication));
    });
  };
  const schemas = Object.fromEntries(names.map((each) => [each, options.collections[each]?.version ?? 0]));
  const identity = { person: options.person, epoch: options.epoch, schemas };
  const liveHandlers = (replication: Replication): LiveHandlers => ({
    since: replication.checkpoints,
    generation: replication.generation,
    opened(unknown) {
      update({ online: true, signedOut: false, syncedAt: now() });
      replication.wake();
      replication.resync(names.filter(unknown));
    },
    poked(poke, since) {
      update({ online: true, signedOut: false, syncedAt: now() });
      replication.receive(poke, since);
    },
    ended(reachable) {
      if (!reachable) return unreachable();
      update({ online: true });
      replication.resync(names);
    },
  });
  const halt = async () => {
    const halted = active;
    active = null;
    halted?.live?.stop();
    await halted?.replication.stop();
    // Another tab continues, or this one later, with a new replication that has no fault yet.
    if (connection.value.fault) update({ fault: null });
  };
  const resign = leadership({ gained: start, lost: () => void halt() });
  const stop = async () => {
    resign();
    await halt();
  };

  const collectionNamed = (each: string): RxCollection<Fields> => {
    const found = collections.get(each);
    if (!found) throw new Error(`a ${role}'s replica has no ${each}`);
    return found;
  };

  return {
    collection: (each) => collectionNamed(each) as unknown as RxCollection<D[typeof each]>, // safe: the same documents
    has: (each) => collections.has(each),
    refusals,
    connection,
    waiting: waitingIn(collections),
    async unsent() {
      const lists = [...collections].map(async ([name, rx]) =>
        waitingOf(name, await rx.find({ selector: { unsent: 1 } }).exec()),
      );
      return (await Promise.all(lists)).flat();
    },
    ...createLocalWrites<D>(collectionNamed, now),
    replication: {
      inSync: async () => active?.replication.inSync(),
      pulledOnce: () => pulledOnce.promise,
      stop,
    },
    resync() {
      active?.replication.wake();
      active?.replication.resync(names);
      active?.live?.reconnect();
    },
    networkLost() {
      update({ online: false });
      active?.live?.drop();
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

function definitionOf(collections: Options['collections'], name: string): Collection {
  const found = collections[name];
  if (!found) throw new Error(`there is no collection ${name}`);
  return found;
}

/** True if, by the table of rights, the writer may read the document before the change but not after it. */
function leavesSightOf({ rights, person, role }: Options): PushRules['leavesSight'] {
  const actor = { id: person, role, name: '' };
  return (name, base, next) =>
    rights.view(actor, name, base) !== null && rights.view(actor, name, next) === null;
}

const listIntervalMs = 100;

function waitingOf(collection: string, found: readonly RxDocument<Fields>[]): Waiting[] {
  return found.map((each) => {
    const here = each.toJSON() as Stored;
    return { collection, document: toWire(here), base: here.base ?? null };
  });
}

function waitingIn(collections: ReadonlyMap<string, RxCollection<Fields>>): Observable<Waiting[]> {
  const lists = [...collections].map(([collection, rx]) =>
    rx.find({ selector: { unsent: 1 } }).$.pipe(
      // There may be thousands of unsent writes, so the list is not rebuilt for each new one.
      throttleTime(listIntervalMs, undefined, { leading: true, trailing: true }),
      map((found) => waitingOf(collection, found)),
    ),
  );
  return combineLatest(lists).pipe(map((all) => all.flat()));
}
