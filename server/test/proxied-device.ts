import 'fake-indexeddb/auto';
import { expect } from 'vitest';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { getRxStorageMemory } from 'rxdb/plugins/storage-memory';
import { collectionOf, collections, type CollectionName, type Fields } from '#shared/collections.ts';
import { fastDexie } from '#sync/client/fast-dexie.ts';
import { openReplica, type Replica } from '#sync/client/store.ts';
import { findDocuments } from '#sync/server/row.ts';
import { failingProxy, type FailingProxy } from './failing-proxy.ts';
import { signIn, until, type SignedIn } from './test-server.ts';
import { rights, view } from '#shared/rights.ts';
import type { Server } from '../context.ts';
import { newId } from '../demo/new-id.ts';
import type { Documents } from '#shared/collections.ts';
import { reviewAnswer } from '#shared/tickets/review-answer.ts';

export type Storage = 'memory' | 'dexie' | 'slow dexie';

/** A device behind its own proxy. Its replica can be closed and opened again. */
export type ProxiedDevice = SignedIn & {
  proxy: FailingProxy;
  replica: () => Replica<Documents>;
  open: (over?: { mayBeOlder?: boolean; storage?: Storage }) => Promise<Replica<Documents>>;
  name: string;
  /** Removes the replica. */
  end: () => Promise<void>;
};

/**
 * The storage of a replica. 'dexie' is set up as the page uses it; 'slow dexie' has all indexes of RxDB, as
 * after an update.
 */
function storageOf(storage: Storage) {
  if (storage === 'memory') return getRxStorageMemory();
  return storage === 'dexie'
    ? getRxStorageDexie({ onCreate: (db, name) => fastDexie(db, { name, collections }) })
    : getRxStorageDexie();
}

/** Signs in on a new device. Its replica is not open yet. */
export async function proxiedDevice(
  url: string,
  login: string,
  storage: Storage = 'memory',
): Promise<ProxiedDevice> {
  const proxy = await failingProxy(url);
  const signed = await signIn(proxy.url, login);
  const name = `r-${newId(Date.now())}`;
  let open: Replica<Documents> | null = null;
  let time = 0;
  return {
    ...signed,
    proxy,
    name,
    replica() {
      if (!open) throw new Error('the replica is not open');
      return open;
    },
    async open({ storage: as = storage, ...over } = {}) {
      open = await openReplica<Documents>({
        name,
        role: signed.me.role,
        person: signed.me.id,
        epoch: signed.epoch,
        storage: storageOf(as) as never, // both storages have one interface
        api: signed.api.sync,
        collections,
        rights,
        rules: { review: reviewAnswer },
        device: `test-${login}`,
        // Consecutive writes have increasing times.
        now: () => (time = Math.max(time + 1, Date.now())),
        multiInstance: false,
        retryMs: 50,
        only: ['tickets', 'messages'],
        ...over,
      });
      return open;
    },
    async end() {
      await proxy.stop(); // first, so that nothing waits for an answer that is held back
      await open?.remove();
    },
  };
}

type Row = Record<string, unknown> & { id: string };

export async function documentsOf(on: ProxiedDevice, name: 'tickets' | 'messages'): Promise<Row[]> {
  const found = await on.replica().collection(name).find().exec();
  return found.map((each): Row => ({ ...each.toJSON() })).sort(byId);
}

/** One document on the device, or null. */
export async function documentOf(on: ProxiedDevice, name: CollectionName, id: string): Promise<Row | null> {
  const found = await on.replica().collection(name).findOne(id).exec();
  return found ? { ...found.toJSON() } : null;
}

export const seqOf = async (on: ProxiedDevice, name: CollectionName, id: string) =>
  Number((await documentOf(on, name, id))?.['seq'] ?? 0);

export async function unsentIds(on: ProxiedDevice): Promise<string[]> {
  const lists = await Promise.all([documentsOf(on, 'tickets'), documentsOf(on, 'messages')]);
  return lists.flat().flatMap(({ id, unsent }) => (unsent === 1 ? [id] : []));
}

export async function refusalsOf(on: ProxiedDevice) {
  return (await on.replica().refusals.find().exec()).map((each) => each.toMutableJSON());
}

/** The documents and fields that the server shows this person. */
export async function visibleTo(server: Server, on: ProxiedDevice, name: CollectionName): Promise<Row[]> {
  const documents = (await findDocuments(server, collectionOf(name))) as Fields[];
  return documents
    .flatMap((document): Row[] => {
      const seen = view(on.me, name, document);
      return seen ? [{ ...seen }] : [];
    })
    .sort(byId);
}

/** Waits until the device is in sync and then compares every field of every document. */
export async function expectEqual(server: Server, on: ProxiedDevice): Promise<void> {
  const seqs = (rows: Row[]) => JSON.stringify(rows.map(({ id, seq }) => [id, seq]));
  // What is compared is what was read together: other devices may still be writing.
  let lists: { name: string; here: Row[]; there: Row[] }[] = [];
  await until(async () => {
    await on.replica().replication.inSync();
    lists = [];
    for (const name of ['tickets', 'messages'] as const)
      lists.push({ name, here: await documentsOf(on, name), there: await visibleTo(server, on, name) });
    return lists.every(({ here, there }) => seqs(here) === seqs(there));
  }, 5_000).catch(() => undefined); // the comparison below reports differences
  for (const { name, here, there } of lists) expect(here, name).toEqual(there);
}

const byId = (a: Row, b: Row) => (a.id < b.id ? -1 : 1);
