import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import type { Subscription } from 'rxjs';
import { ref, shallowRef } from 'vue';
import type { CollectionName, Fields } from '#shared/collections/collections.ts';
import { openReplica, type Connection, type Replica } from '#sync/replica/open-replica.ts';
import type { KeptRefusal } from '#sync/replica/refusals.ts';
import { api } from '../api.ts';
import { newId } from '../new-id.ts';
import type { Me } from '../stores/session.ts';
import { followLeader } from './follow-leader.ts';

/** The replica of who is signed in, and what a person wants to know of it. One a page. */

export type Waiting = { collection: CollectionName; document: Fields };

export const replica = shallowRef<Replica | null>(null);
export const connection = ref<Connection>({ online: navigator.onLine, signedOut: false, syncedAt: null });
export const waiting = shallowRef<Waiting[]>([]);
export const refusals = shallowRef<KeptRefusal[]>([]);
/** False until the first pull of a new device has ended. */
export const loaded = ref(true);

const subscriptions: Subscription[] = [];
let openFor: string | null = null;

const databaseName = (me: Me) => `cstims-${me.id}`;

/** Opens (or makes) the replica of this person on this device and starts to sync it. */
export async function openReplicaFor(me: Me): Promise<void> {
  if (openFor === me.id) return;
  openFor = me.id;
  const opened = await openReplica({
    name: databaseName(me),
    role: me.role,
    storage: getRxStorageDexie(),
    api,
    device: deviceName(),
    now: Date.now,
    multiInstance: true,
  });
  const first = localStorage.getItem(`cstims.loaded.${me.id}`) === null;
  loaded.value = !first;
  void opened.replication.pulledOnce().then(() => {
    localStorage.setItem(`cstims.loaded.${me.id}`, 'yes');
    loaded.value = true;
  });
  subscriptions.push(
    followLeader(databaseName(me), opened.connection).subscribe((value) => (connection.value = value)),
    opened.waiting.subscribe((value) => (waiting.value = value)),
    opened.refusals.find().$.subscribe((found) => {
      const kept = found.map((each) => each.toMutableJSON());
      refusals.value = kept.sort((a, b) => b.at - a.at);
    }),
  );
  window.addEventListener('online', opened.resync);
  replica.value = opened;
}

/** Deletes the replica and its papers from this device. */
export async function wipeReplica(me: Me): Promise<void> {
  for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
  const opened = replica.value;
  replica.value = null;
  openFor = null;
  waiting.value = [];
  refusals.value = [];
  localStorage.removeItem(`cstims.loaded.${me.id}`);
  if (opened) {
    window.removeEventListener('online', opened.resync);
    await opened.remove();
  }
  await caches.delete(`papers-${me.id}`);
  await deleteDatabases(databaseName(me));
}

/** RxDB empties its databases; this removes them too. One that another tab holds open goes when that tab does. */
async function deleteDatabases(name: string): Promise<void> {
  const names = (await indexedDB.databases()).flatMap((each) =>
    each.name?.includes(name) ? [each.name] : [],
  );
  await Promise.all(
    names.map(
      (each) =>
        new Promise<void>((done) => {
          const request = indexedDB.deleteDatabase(each);
          request.onsuccess = request.onerror = request.onblocked = () => done();
        }),
    ),
  );
}

export function theReplica(): Replica {
  if (!replica.value) throw new Error('the replica is not open');
  return replica.value;
}

/** A random name of this device for the audit. */
function deviceName(): string {
  const key = 'cstims.device';
  const known = localStorage.getItem(key);
  if (known) return known;
  const name = newId();
  localStorage.setItem(key, name);
  return name;
}
