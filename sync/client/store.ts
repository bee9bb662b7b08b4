import { addRxPlugin, createRxDatabase, type RxCollection, type RxCollectionCreator, type RxStorage } from 'rxdb/plugins/core';
import { RxDBLocalDocumentsPlugin } from 'rxdb/plugins/local-documents';
import { BehaviorSubject, combineLatest, map, throttleTime, type Observable } from 'rxjs';
import { storageNameOf, type Collection, type Fields } from '#shared/engine/collection.ts';
import type { Rights } from '#shared/engine/rights.ts';
import type { SyncApi } from './api-client.ts';
import type { Fault } from './faults.ts';
import { listen, type Heard, type Live } from './live.ts';
import { createLocalWrites, type DocumentMap, type LocalWrites } from './local-writes.ts';
import { addMigrations, migrationsOf } from './migrate.ts';
import type { Progress } from './pull.ts';
import type { PushRules } from './push.ts';
import { refusalsSchema, type KeptRefusal } from './refusals.ts';
import { replicate, type Replication } from './replicate.ts';
import { rxSchemaOf } from './rx-schema.ts';
import { type Stored, changed, travelling, unsent } from './server-documents.ts';

addRxPlugin(RxDBLocalDocumentsPlugin);

export type Connection = {
  /** The last request got an answer. */
  online: boolean;
  /** Some request was answered or failed: before that nobody knows whether there is a network. */
  tried: boolean;
  /** The server no longer knows who this is: sign in again; nothing is lost meanwhile. */
  signedOut: boolean;
  /** When everything was last known to be up to date, by the device's clock; null: never yet. Online: it is now. */
  syncedAt: number | null;
  /** Changed: to be made anew under the new rights (renew.ts). Disabled: to be deleted. */
  access: 'same' | 'changed' | 'disabled';
  /** Ids of the documents that are on their way to the server. */
  sending: readonly string[];
  /** Of the first pull of a new device; null: it has ended. */
  progress: Progress | null;
  /** Something has stopped and does not go on by itself: its person is to be told. */
  fault: Fault | null;
};

export const notConnected: Connection = {
  online: false,
  tried: false,
  signedOut: false,
  syncedAt: null,
  access: 'same',
  sending: [],
  progress: null,
  fault: null,
};

/** One person's copy, on this device, of what the server lets them see. */
export type Replica<D extends DocumentMap = DocumentMap> = LocalWrites<D> & {
  collection: <N extends keyof D & string>(name: N) => RxCollection<D[N]>;
  has: (name: string) => boolean;
  refusals: RxCollection<KeptRefusal>;
  connection: BehaviorSubject<Connection>;
  /** Writes that the server has not accepted yet. */
  waiting: Observable<Waiting<keyof D & string>[]>;
  replication: Pick<Replication, 'inSync' | 'pulledOnce' | 'stop'>;
  /** Sends and pulls everything now and opens the live stream anew: there is a network again, or a session. */
  resync: () => void;
  close: () => Promise<void>;
  /** Deletes everything of it from the device. */
  remove: () => Promise<void>;
};

/** A write that waits: the document as it is now and, where it is not new, as the server had it before. */
export type Waiting<Name extends string = string> = {
  collection: Name;
  document: Fields;
  base: Fields | null;
};

/** Of several tabs with one replica, one talks to the server. @returns what gives the part up */
export type Leadership = (told: { gained: () => void; lost: () => void }) => () => void;

type Leading = { replication: Replication; live: Live | null };

/** Where there is only one: it leads. */
const alone: Leadership = ({ gained }) => {
  gained();
  return () => undefined;
};

type Options = {
  /** Of the replica's databases. */
  name: string;
  /** Every collection of the product, in the order in which they are pushed: parents first. */
  collections: Readonly<Record<string, Collection>>;
  rights: Pick<Rights, 'collectionsOf' | 'view'>;
  /** Why the person must look at a new document that was accepted. See PushRules. */
  review?: PushRules['review'];
  role: string;
  person: string;
  /** The count of changes of rights that it is opened under. */
  epoch: number;
  storage: RxStorage<unknown, unknown>;
  api: SyncApi;
  device: string;
  now: () => number;
  /** Several tabs share it. */
  multiInstance: boolean;
  /** When the device was last up to date, as far as it remembers. */
  syncedAt?: number | null;
  leadership?: Leadership;
  retryMs?: number;
  /** Only these collections (a process may hold 13 in all); default: all that the role may see something of. */
  only?: readonly string[];
  /** False where the device is known to hold no replica of an older version of the app: then none is looked for. */
  mayBeOlder?: boolean;
};

/** Opens the replica, or makes it. One that an older version of the app left is brought to the form of this one. */
export async function openReplica<D extends DocumentMap>(options: Options): Promise<Replica<D>> {
  const { name, role, storage, api, now, multiInstance, leadership = alone, mayBeOlder = true } = options;
  const names = options.only ?? options.rights.collectionsOf(role);
  const definitions = names.map((each) => definitionOf(options.collections, each));
  if (mayBeOlder) await addMigrations();
  const db = await createRxDatabase({
    name,
    storage,
    multiInstance,
    eventReduce: true,
  });
  const creators = definitions.map((each): [string, RxCollectionCreator<Fields>] => [
    storageNameOf(each),
    { schema: rxSchemaOf(each), ...(mayBeOlder ? migrationsOf(each) : { autoMigrate: false }) },
  ]);
  await db.addCollections({
    ...Object.fromEntries(creators),
    // Drafts are local documents of this collection; on the database every collection would get a store for them.
    refusals: { schema: refusalsSchema, localDocuments: true },
  });
  const opened = db.collections as Record<string, RxCollection<Fields>>;
  const collections = new Map(
    definitions.flatMap((each) => {
      const stored = opened[storageNameOf(each)];
      return stored ? [[each.name, stored] as const] : [];
    }),
  );
  const refusals = db.collections['refusals'] as unknown as RxCollection<KeptRefusal>; // added above

  const connection = new BehaviorSubject<Connection>({ ...notConnected, syncedAt: options.syncedAt ?? null });
  const say = (change: Partial<Connection>) => {
    const tried = connection.value.tried || change.online !== undefined;
    connection.next({ ...connection.value, ...change, tried });
  };
  /** What is here was up to date until now, where there was a connection. */
  const unreachable = () => say({ online: false, ...(connection.value.online ? { syncedAt: now() } : {}) });
  const pulledOnce = Promise.withResolvers<void>();
  let leading: Leading | null = null;

  const start = () => {
    const replication = replicate({
      ...options,
      collections,
      definitions: options.collections,
      rules: { leavesSight: leavesSightOf(options), review: options.review },
      refusals,
      reports: {
        answered: () => say({ online: true, signedOut: false, syncedAt: now() }),
        failed: unreachable,
        signedOut() {
          say({ online: true, signedOut: true });
          leading?.live?.halt();
        },
        accessLost: (how) => say({ online: true, access: how }),
        sending: (sending) => say({ sending }),
        progress: (progress) => say({ progress }),
        fault: (fault) => say({ fault }),
      },
    });
    void replication.pulledOnce().then(pulledOnce.resolve);
    const led: Leading = { replication, live: null };
    leading = led;
    // Not before the first pages are here: the server is told where each collection stands.
    void replication.begun().then(() => {
      if (leading === led) led.live = listen(api, heardBy(replication));
    });
  };
  const heardBy = (replication: Replication): Heard => ({
    since: replication.standsAt,
    opened(unknown) {
      say({ online: true, signedOut: false, syncedAt: now() });
      replication.wake();
      replication.resync(names.filter(unknown));
    },
    poked: replication.resync,
    ended(reachable) {
      if (!reachable) return unreachable();
      say({ online: true });
      replication.resync(names);
    },
  });
  const halt = async () => {
    const led = leading;
    leading = null;
    led?.live?.stop();
    await led?.replication.stop();
    // Another tab goes on from here, or this one later: with a replication that has not failed.
    if (connection.value.fault) say({ fault: null });
  };
  const giveUp = leadership({ gained: start, lost: () => void halt() });
  const stop = async () => {
    giveUp();
    await halt();
  };

  const collectionNamed = (each: string): RxCollection<Fields> => {
    const found = collections.get(each);
    if (!found) throw new Error(`a ${role}'s replica has no ${each}`);
    return found;
  };

  return {
    collection: (each) => collectionNamed(each) as unknown as RxCollection<D[typeof each]>, // same documents
    has: (each) => collections.has(each),
    refusals,
    connection,
    waiting: waitingIn(collections) as Observable<Waiting<keyof D & string>[]>,
    ...createLocalWrites<D>(collectionNamed, now),
    replication: {
      inSync: async () => leading?.replication.inSync(),
      pulledOnce: () => pulledOnce.promise,
      stop,
    },
    resync() {
      leading?.replication.wake();
      leading?.replication.resync(names);
      leading?.live?.reconnect();
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

/** By the table of rights: the writer may read the document before the change and not after it. */
function leavesSightOf({ rights, person, role }: Options): PushRules['leavesSight'] {
  const actor = { id: person, role, name: '' };
  return (name, base, next) =>
    rights.view(actor, name, base) !== null && rights.view(actor, name, next) === null;
}

const listEveryMs = 100;

function waitingIn(collections: ReadonlyMap<string, RxCollection<Fields>>): Observable<Waiting[]> {
  const lists = [...collections].map(([collection, rx]) =>
    rx.find({ selector: { unsent: 1 } }).$.pipe(
      // Thousands may wait: the whole list is not made anew for each that is added.
      throttleTime(listEveryMs, undefined, { leading: true, trailing: true }),
      map((found) =>
        found.map((each): Waiting => {
          const here = each.toJSON() as Stored;
          return { collection, document: travelling(here), base: here.base ?? null };
        }),
      ),
    ),
  );
  return combineLatest(lists).pipe(map((all) => all.flat()));
}
