import type { Dexie } from 'dexie';
import { getRxStorageDexie } from 'rxdb/plugins/storage-dexie';
import { firstValueFrom, Subscription } from 'rxjs';
import { computed, ref, shallowRef } from 'vue';
import { collectionNames, collectionOf, collections, type CollectionName, type Documents } from '#shared/collections.ts';
import { rights } from '#shared/rights.ts';
import { reviewAnswer } from '#shared/tickets/review-answer.ts';
import { fastDexie } from '#sync/client/fast-dexie.ts';
import { faultIn, type Fault } from '#sync/client/faults.ts';
import { notConnected, openReplica, type Connection, type Replica, type Waiting } from '#sync/client/store.ts';
import type { KeptRefusal } from '#sync/client/refusals.ts';
import { api } from '../api.ts';
import { gatherKept, restoreKept, type Kept } from '#sync/client/reset.ts';
import { deviceName, useSession, type Me } from '../app/session.ts';
import { forgetBytes } from '../files/file-bytes.ts';
import { followLeader } from './follow-leader.ts';
import { leadershipOf } from './leader.ts';

/** A refused write of one of the product's collections. */
export type Refusal = KeptRefusal & { collectionName: CollectionName };

/** The replica of who is signed in, and what a person wants to know of it. One a page. */

export const replica = shallowRef<Replica<Documents> | null>(null);
export const connection = shallowRef<Connection>({ ...notConnected, online: navigator.onLine });
export const waiting = shallowRef<Waiting<CollectionName>[]>([]);
export const refusals = shallowRef<Refusal[]>([]);
/** Answers of this person that came in late: to be mailed or not. */
export const heldAnswers = shallowRef<Refusal[]>([]);
/** False until the first pull of a new device has ended. */
export const loaded = ref(true);
/** The last file that the server did not take. */
export const refusedFile = shallowRef<{ name: string } | null>(null);

/** Of this tab alone: it could not open the replica, or not send files. */
const ownFault = shallowRef<Fault | null>(null);
/** What has stopped and does not go on by itself. */
export const fault = computed(() => connection.value.fault ?? ownFault.value);

const subscriptions: Subscription[] = [];
let openFor: string | null = null;
let wake: () => void = () => undefined;
let reload: () => void = () => window.location.reload();

const madeUnderKey = (me: Me) => `cstims.made-under.${me.id}`;

/**
 * The rights under which this device's replica was made. One that is older than the session is opened as it is: its
 * first request tells that it is over, and it is made anew with nothing lost (renewReplica).
 */
function madeUnder(me: Me): Pick<Me, 'role' | 'epoch'> {
  const stored = localStorage.getItem(madeUnderKey(me));
  if (stored !== null) return JSON.parse(stored) as Pick<Me, 'role' | 'epoch'>; // written below
  const { role, epoch } = me;
  localStorage.setItem(madeUnderKey(me), JSON.stringify({ role, epoch }));
  return { role, epoch };
}

const databaseName = (me: Me) => `cstims-${me.id}`;

/** How old it is what an offline start shows. */
function rememberSynced(me: Me): void {
  const { online, syncedAt } = connection.value;
  const time = online ? Date.now() : syncedAt;
  if (time !== null) localStorage.setItem(syncedKey(me), String(time));
}

/** A migration needs the indexes that the fast form leaves out. */
function derived(db: Dexie, fast: string | null): void {
  if (fast) fastDexie(db, { name: fast, collections });
  // The browser took the storage away (to make room, or somebody cleared it): all is pulled anew. By the browser's own
  // event, as Dexie's comes for a close by the app too.
  const reload = () => window.location.reload();
  db.on('ready', () => db.backendDB().addEventListener('close', reload, { once: true }), true);
}

/** The form of the documents in this version of the app, and of those in this device's replica. */
const form = collectionNames.map((name) => `${name} ${collectionOf(name).version}`).join(', ');
const syncedKey = (me: Me) => `cstims.synced.${me.id}`;
const formKey = (me: Me) => `cstims.form.${me.id}`;

/**
 * Opens (or makes) the replica of this person on this device and starts to sync it. Where that fails the page shows
 * why, instead of nothing.
 */
export async function openReplicaFor(me: Me): Promise<void> {
  // Signed in again: what waited for that goes on.
  if (openFor === me.id) return connection.value.signedOut ? wake() : undefined;
  openFor = me.id;
  try {
    await open(me);
  } catch (error) {
    tellFault(error);
  }
}

function tellFault(error: unknown): void {
  ownFault.value ??= faultIn(error) ?? { kind: 'defect', message: String(error) };
}

/** Once more from the start, in the tab that talks to the server too. */
export const reloadAfterFault = () => reload();

async function open(me: Me): Promise<void> {
  const known = localStorage.getItem(formKey(me));
  const mayBeOlder = known !== form && (known !== null || (await databasesOf(me)).length > 0);
  const opened = await openReplica<Documents>({
    name: databaseName(me),
    person: me.id,
    ...madeUnder(me),
    storage: getRxStorageDexie({
      onCreate: (db: Dexie, name: string) => derived(db, mayBeOlder ? null : name),
    }),
    api: api.sync,
    collections,
    rights,
    review: reviewAnswer,
    device: deviceName(),
    now: Date.now,
    multiInstance: true,
    leadership: leadershipOf(databaseName(me)),
    mayBeOlder,
    syncedAt: Number(localStorage.getItem(syncedKey(me))) || null,
  });
  localStorage.setItem(formKey(me), form);
  const kept = await keptFor(me);
  if (kept) {
    await restoreKept(opened, kept);
    await caches.delete(keptName(me));
  }
  const first = localStorage.getItem(`cstims.loaded.${me.id}`) === null;
  loaded.value = !first;
  void opened.replication.pulledOnce().then(() => {
    localStorage.setItem(`cstims.loaded.${me.id}`, 'yes');
    loaded.value = true;
  });
  // Where another tab pulls, it tells by what it stores.
  const heard = ({ key }: StorageEvent) => {
    if (key === `cstims.loaded.${me.id}`) loaded.value = true;
  };
  window.addEventListener('storage', heard);
  subscriptions.push(new Subscription(() => window.removeEventListener('storage', heard)));
  const followed = followLeader(databaseName(me), opened.connection, opened.resync);
  ({ wake, reload } = followed);
  subscriptions.push(
    followed.connection.subscribe((value) => {
      connection.value = value;
      rememberSynced(me);
    }),
    // Only the tab that talks to the server: the others follow by the stored session.
    opened.connection.subscribe(({ access }) => {
      if (access === 'changed') void renewReplica(me);
      if (access === 'disabled') void forgetAccount(me);
    }),
    // Read marks are nobody's writing: they are sent, and not counted.
    opened.waiting.subscribe((value) => {
      waiting.value = value.filter(({ collection }) => collection !== 'readReceipts');
    }),
    opened.refusals.find().$.subscribe((found) => {
      const all = found.map((each) => each.toMutableJSON() as Refusal); // of collections opened above
      const kept = all.sort((a, b) => b.at - a.at);
      // How far somebody has read is nothing to tell them about.
      refusals.value = kept.filter(
        ({ code, collectionName }) => code !== 'answer-held' && collectionName !== 'readReceipts',
      );
      heldAnswers.value = kept.filter(({ code }) => code === 'answer-held');
    }),
  );
  // What waits here is nowhere else: the browser is asked not to throw it away when it needs room.
  void navigator.storage.persist();
  const minutely = setInterval(() => rememberSynced(me), 60_000);
  subscriptions.push(new Subscription(() => clearInterval(minutely)));
  window.addEventListener('online', wake);
  window.addEventListener('offline', writeOffline);
  replica.value = opened;
  // The banners above the page are known before the page: one that came later would move it.
  await firstValueFrom(opened.refusals.find().$);
  const { startUploads } = await import('../files/uploads.ts');
  if (replica.value === opened)
    subscriptions.push(
      new Subscription(startUploads(opened, me.id, { refused: reportRefusal, failed: tellFault })),
    );
}

const reportRefusal = (name: string) => void (refusedFile.value = { name });

/** The browser knows it before a request fails. */
function writeOffline(): void {
  const shown = replica.value?.connection;
  shown?.next({ ...shown.value, online: false });
}

/** Signed out: nothing of this person stays on this device. */
export async function leaveDevice(me: Me): Promise<void> {
  await wipeReplica(me);
  await caches.delete(keptName(me));
}

/** Deletes the replica and its files from this device, but for those of these hashes. */
async function wipeReplica(me: Me, keep: ReadonlySet<string> = new Set()): Promise<void> {
  for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
  const opened = replica.value;
  replica.value = null;
  openFor = null;
  ownFault.value = null;
  waiting.value = [];
  refusals.value = [];
  heldAnswers.value = [];
  localStorage.removeItem(`cstims.loaded.${me.id}`);
  localStorage.removeItem(madeUnderKey(me));
  localStorage.removeItem(formKey(me));
  localStorage.removeItem(syncedKey(me));
  if (opened) {
    window.removeEventListener('online', wake);
    window.removeEventListener('offline', writeOffline);
    await opened.remove();
  }
  await forgetBytes(me.id, keep);
  await deleteDatabases(await databasesOf(me));
}

/** The names of the browser's databases that hold this person's replica. */
async function databasesOf(me: Me): Promise<string[]> {
  const all = await indexedDB.databases();
  return all.flatMap(({ name }) => (name?.includes(databaseName(me)) ? [name] : []));
}

/** RxDB empties its databases; this removes them too. One that another tab holds open goes when that tab does. */
async function deleteDatabases(names: readonly string[]): Promise<void> {
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

export function theReplica(): Replica<Documents> {
  if (!replica.value) throw new Error('the replica is not open');
  return replica.value;
}

const keptName = (me: Me) => `kept-${me.id}`;

let renewing = false;

/**
 * The person's rights changed: what they wrote is put aside, the replica deleted, and the page starts anew under the
 * new rights, where openReplicaFor takes in what was put aside (it is there until then, whatever happens between).
 */
async function renewReplica(me: Me): Promise<void> {
  const opened = replica.value;
  if (!opened || renewing) return;
  renewing = true;
  try {
    const { me: person, epoch } = await api.account.me.query();
    await opened.replication.stop();
    const kept = await gatherKept(opened, await firstValueFrom(opened.waiting), Date.now());
    const cache = await caches.open(keptName(me));
    await cache.put('/kept', new Response(JSON.stringify(kept)));
    // Files that are with drafts, with what was not sent, or announced and not sent yet, are on this device only.
    const named = [...JSON.stringify(kept).matchAll(/[0-9a-f]{64}/g)].map(([hash]) => hash);
    const expected = await expectedHashes(opened);
    await wipeReplica(me, new Set([...named, ...expected]));
    if (person) useSession().keep({ ...person, epoch });
    window.location.assign('/');
  } finally {
    renewing = false;
  }
}

/** Of files that were announced and may not be sent yet. */
async function expectedHashes(opened: Replica<Documents>): Promise<string[]> {
  if (!opened.has('files')) return [];
  const found = await opened
    .collection('files')
    .find({ selector: { state: 'expected' } })
    .exec();
  return found.map(({ sha256 }) => sha256);
}

async function keptFor(me: Me): Promise<Kept | null> {
  const found = await caches.match('/kept', { cacheName: keptName(me) });
  return found ? ((await found.json()) as Kept) : null; // written by renewReplica
}

/** The account is disabled or gone: nothing of it stays on the device. */
async function forgetAccount(me: Me): Promise<void> {
  await leaveDevice(me);
  const session = useSession();
  session.notice = 'account-disabled';
  await session.signOut();
  const { router } = await import('../routes.ts');
  await router.push('/sign-in');
}
