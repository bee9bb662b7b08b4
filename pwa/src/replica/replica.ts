import { firstValueFrom, Subscription } from 'rxjs';
import { computed, ref, shallowRef } from 'vue';
import {
  collectionNames,
  collectionOf,
  collections,
  type CollectionName,
  type Documents,
} from '#shared/collections.ts';
import { rights } from '#shared/rights.ts';
import { erasedBy } from '#shared/tickets/erased-by.ts';
import { threadOf } from '#shared/tickets/thread-of.ts';
import { reviewAnswer } from '#shared/tickets/review-answer.ts';
import { faultIn, type Fault } from '#sync/client/faults.ts';
import { notConnected, type Connection } from '#sync/client/connection.ts';
import { openReplica, type Replica, type Waiting } from '#sync/client/store.ts';
import type { KeptRefusal } from '#sync/client/refusals.ts';
import { api } from '../api.ts';
import { storedVersionOf } from '#sync/client/rx-schema.ts';
import { gatherKept, restoreKept, type Kept } from '#sync/client/reset.ts';
import { deviceName, useSession, type Me } from '../session/session.ts';
import { browserStorage } from './browser-storage.ts';
import { databasesOf, deleteDatabases } from './browser-databases.ts';
import { firstPagesShown, forgetFirstPages, requestFirstPages } from './first-pages.ts';
import { followLeader } from './follow-leader.ts';
import type { ReplicaParts } from './replica-parts.ts';
import { leadershipOf } from './leader.ts';

/** A refused write of one of the product's collections. */
export type Refusal = KeptRefusal & { collectionName: CollectionName };

/** The replica of the signed-in person, and its state for the user interface. One per page. */
export const replica = shallowRef<Replica<Documents> | null>(null);
export const connection = shallowRef<Connection>({ ...notConnected, online: navigator.onLine });
export const waiting = shallowRef<Waiting<CollectionName>[]>([]);
export const refusals = shallowRef<Refusal[]>([]);
/** This person's answers that came in late. The author decides whether they are mailed. */
export const heldAnswers = shallowRef<Refusal[]>([]);
/** True if what is written now reaches the server: there is a network, and the session still holds. */
export const isReached = computed(() => connection.value.online && !connection.value.signedOut);
/** False until the first pull on a new device has ended. */
export const loaded = ref(true);
/** The last file that the server refused. */
export const refusedFile = shallowRef<{ name: string } | null>(null);

/** A fault of this tab alone: it could not open the replica or send files. */
const ownFault = shallowRef<Fault | null>(null);
/** The reason why sync has stopped and cannot recover by itself. */
export const fault = computed(() => connection.value.fault ?? ownFault.value);

const subscriptions: Subscription[] = [];
let openFor: string | null = null;

let parts: ReplicaParts | null = null;
let wake: () => void = () => undefined;
let reload: () => void = () => window.location.reload();

const createdUnderKey = (me: Me) => `cstims.made-under.${me.id}`;

/**
 * The rights under which this device's replica was created. A replica older than the session is opened as it is. Its
 * first request reveals the changed rights, and it is rebuilt without loss (renewReplica).
 */
function createdUnder(me: Me): Pick<Me, 'role' | 'epoch'> {
  const stored = localStorage.getItem(createdUnderKey(me));
  if (stored !== null) return JSON.parse(stored) as Pick<Me, 'role' | 'epoch'>; // written below
  const { role, epoch } = me;
  localStorage.setItem(createdUnderKey(me), JSON.stringify({ role, epoch }));
  return { role, epoch };
}

const loadedKey = (me: Me) => `cstims.loaded.${me.id}`;
export const databaseName = (me: Pick<Me, 'id'>) => `cstims-${me.id}`;

/** Stores the time of the last sync, which an offline start shows. */
function rememberSynced(me: Me): void {
  const { online, syncedAt } = connection.value;
  const time = online ? Date.now() : syncedAt;
  if (time !== null) localStorage.setItem(syncedKey(me), String(time));
}

/** The schema versions in this version of the app. Stored to detect an older replica on this device. */
const versions = collectionNames.map((name) => `${name} ${storedVersionOf(collectionOf(name))}`).join(', ');
const syncedKey = (me: Me) => `cstims.synced.${me.id}`;
const schemaKey = (me: Me) => `cstims.form.${me.id}`;

/** Opens (or creates) this person's replica on this device and starts to sync it. A failure is shown on the page. */
export async function openReplicaFor(me: Me, withParts: ReplicaParts): Promise<void> {
  parts = withParts;
  // Signed in again: resume what was waiting for a session.
  if (openFor === me.id) return connection.value.signedOut ? wake() : undefined;
  openFor = me.id;
  try {
    await open(me);
  } catch (error) {
    reportFault(error);
  }
}

function reportFault(error: unknown): void {
  ownFault.value ??= faultIn(error) ?? { kind: 'defect', message: String(error) };
}

/** Reloads this tab, and the leader tab if it has stopped. */
export const reloadAfterFault = () => reload();

async function open(me: Me): Promise<void> {
  const first = localStorage.getItem(loadedKey(me)) === null;
  loaded.value = !first;
  const known = localStorage.getItem(schemaKey(me));
  // A replica that was opened before may have unsent changes, which the server's pages do not show.
  const firstPages = first && known === null ? requestFirstPages(me) : undefined;
  // Opening the databases takes the processor for as long as the page that is being shown.
  if (firstPages) await firstPagesShown(firstPages);
  const mayBeOlder =
    known !== versions && (known !== null || (await databasesOf(databaseName(me))).length > 0);
  // Only a rebuilt replica has any. To look takes longer than to open the databases.
  const kept = first ? await keptFor(me) : null;
  const opened = await openReplica<Documents>({
    sent: kept?.sent,
    // What was sent from the replica before this one may not be in the history that the pages are of.
    firstPages: kept ? undefined : firstPages,
    name: databaseName(me),
    person: me.id,
    ...createdUnder(me),
    storage: browserStorage(mayBeOlder),
    api: api.sync,
    collections,
    rights,
    rules: { review: reviewAnswer, groupOf: threadOf, erases: erasedBy },
    device: deviceName(),
    now: Date.now,
    multiInstance: true,
    leadership: leadershipOf(databaseName(me)),
    mayBeOlder,
    syncedAt: Number(localStorage.getItem(syncedKey(me))) || null,
  });
  localStorage.setItem(schemaKey(me), versions);
  if (kept) {
    await restoreKept(opened, kept);
    await caches.delete(keptName(me));
  }
  const allLoaded = () => {
    loaded.value = true;
    forgetFirstPages();
  };
  void opened.replication.pulledOnce().then(() => {
    localStorage.setItem(loadedKey(me), 'yes');
    allLoaded();
  });
  // If another tab pulls, its write to localStorage reports the end of the first pull.
  const onStored = ({ key }: StorageEvent) => {
    if (key === loadedKey(me)) allLoaded();
  };
  window.addEventListener('storage', onStored);
  subscriptions.push(new Subscription(() => window.removeEventListener('storage', onStored)));
  const followed = followLeader(databaseName(me), opened.connection, opened.resync);
  ({ wake, reload } = followed);
  subscriptions.push(
    followed.connection.subscribe((value) => {
      connection.value = value;
      rememberSynced(me);
    }),
    // Only the leader tab gets this. The others follow through the stored session (main.ts).
    opened.connection.subscribe(({ access }) => {
      if (access === 'changed') void renewReplica(me);
      if (access === 'disabled') void forgetAccount(me);
    }),
    // Read receipts are sent, but not counted as unsent writes: the user did not write them.
    opened.waiting.subscribe((value) => {
      waiting.value = value.filter(({ collection }) => collection !== 'readReceipts');
    }),
    opened.refusals.find().$.subscribe((found) => {
      const all = found.map((each) => each.toMutableJSON() as Refusal); // of collections opened above
      const kept = all.sort((a, b) => b.at - a.at);
      // A refused read receipt is not worth telling the user.
      refusals.value = kept.filter(
        ({ code, collectionName }) => code !== 'answer-held' && collectionName !== 'readReceipts',
      );
      heldAnswers.value = kept.filter(({ code }) => code === 'answer-held');
    }),
  );
  // Unsent writes exist only here. Ask the browser not to evict them when it needs space.
  void navigator.storage.persist();
  const minutely = setInterval(() => rememberSynced(me), 60_000);
  subscriptions.push(new Subscription(() => clearInterval(minutely)));
  window.addEventListener('online', wake);
  window.addEventListener('offline', markOffline);
  replica.value = opened;
  // Load the refusals first: a banner that appears later would move the page.
  await firstValueFrom(opened.refusals.find().$);
  if (replica.value !== opened) return;
  subscriptions.push(
    new Subscription(parts?.startUploads(opened, me.id, { refused: reportRefusal, failed: reportFault })),
  );
}

const reportRefusal = (name: string) => void (refusedFile.value = { name });

const markOffline = (): void => replica.value?.networkLost();

/** Deletes everything of this person from this device, on sign-out. */
export async function leaveDevice(me: Me): Promise<void> {
  await wipeReplica(me);
  sessionStorage.clear();
  await caches.delete(keptName(me));
}

/** Deletes the replica and its files from this device, except files with the hashes in `keep`. */
async function wipeReplica(me: Me, keep: ReadonlySet<string> = new Set()): Promise<void> {
  for (const subscription of subscriptions.splice(0)) subscription.unsubscribe();
  const opened = replica.value;
  replica.value = null;
  openFor = null;
  ownFault.value = null;
  waiting.value = [];
  refusals.value = [];
  heldAnswers.value = [];
  localStorage.removeItem(loadedKey(me));
  forgetFirstPages();
  localStorage.removeItem(createdUnderKey(me));
  localStorage.removeItem(schemaKey(me));
  localStorage.removeItem(syncedKey(me));
  if (opened) {
    window.removeEventListener('online', wake);
    window.removeEventListener('offline', markOffline);
    await opened.remove();
  }
  await parts?.forgetBytes(me.id, keep);
  await deleteDatabases(await databasesOf(databaseName(me)));
}

export function theReplica(): Replica<Documents> {
  if (!replica.value) throw new Error('the replica is not open');
  return replica.value;
}

const keptName = (me: Me) => `kept-${me.id}`;
let renewing = false;

/**
 * Rebuilds the replica after a change of rights. It saves the unsent writes to a cache, deletes the replica and reloads
 * the page. openReplicaFor then restores the saved writes, which stay in the cache until that succeeds.
 */
async function renewReplica(me: Me): Promise<void> {
  const opened = replica.value;
  if (!opened || renewing) return;
  renewing = true;
  try {
    const { me: person, epoch } = await api.account.me.query();
    await opened.replication.stop();
    const kept = await gatherKept(opened, { now: Date.now(), groupOf: threadOf });
    const cache = await caches.open(keptName(me));
    await cache.put('/kept', new Response(JSON.stringify(kept)));
    // Files of drafts and unsent writes, and announced files not uploaded yet, exist only on this device.
    const named = [...JSON.stringify(kept).matchAll(/[0-9a-f]{64}/g)].map(([hash]) => hash);
    const expected = await expectedHashes(opened);
    await wipeReplica(me, new Set([...named, ...expected]));
    if (person) useSession().keep({ ...person, epoch });
    window.location.assign('/');
  } finally {
    renewing = false;
  }
}

/** Hashes of announced files that may not be uploaded yet. */
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

/** The account is disabled or deleted: removes everything of it from the device and signs out. */
async function forgetAccount(me: Me): Promise<void> {
  await leaveDevice(me);
  const session = useSession();
  session.notice = 'account-disabled';
  await session.signOut();
  parts?.accountDisabled();
}
