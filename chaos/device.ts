import { setTimeout as sleep } from 'node:timers/promises';
import type { RxStorage } from 'rxdb/plugins/core';
import { firstValueFrom, type Subscription } from 'rxjs';
import { collections, type CollectionName, type Documents, type Fields } from '#shared/collections.ts';
import type { Connection } from '#sync/client/connection.ts';
import { openReplica, type Replica } from '#sync/client/store.ts';
import { threadOf } from '#shared/tickets/thread-of.ts';
import { createSentLog } from '#sync/client/sent-log.ts';
import { gatherKept, restoreKept, type Kept } from '#sync/client/reset.ts';
import { actionsOf } from './actions.ts';
import type { Player } from './cast.ts';
import { numbersFrom } from './numbers.ts';
import type { Here } from './new-documents.ts';
import { isRefusal, openSession } from './session.ts';
import type { Dump, Report, State, Write, DocumentRef } from './wire.ts';
import type { Actor } from '#shared/people/actor.ts';
import { collectionsOf, rights } from '#shared/rights.ts';
import { erasedBy } from '#shared/tickets/erased-by.ts';
import { reviewAnswer } from '#shared/tickets/review-answer.ts';

/*
 * A person with a device: does what pwa/src/replica/replica.ts does around a replica, and also writes. Writes
 * and every step that opens, closes or replaces the replica share one mutex, because a page is one thread
 * used by one person.
 */

type Me = Actor & { epoch: number };
export type Device = {
  act: (what: string, numbers: readonly number[]) => Promise<void>;
  reload: () => Promise<void>;
  resync: () => void;
  enabled: () => void;
  state: () => Promise<State>;
  dump: () => Promise<Dump | null>;
};

type DeviceOptions = {
  url: string;
  storage: RxStorage<unknown, unknown>;
  send: (report: Report) => void;
  trace?: (line: string) => void;
};

const retryMs = 300;
/** Wait after a refused sign-in. An `enabled` command ends the wait early. */
const refusedMs = 4_000;

export async function openDevice(
  { index, login, device }: Player,
  { url, storage, send, trace }: DeviceOptions,
): Promise<Device> {
  const session = openSession(login, { url, address: `10.0.0.${index + 1}`, trace });
  /** Every write of a device has its own timestamp: a second call within a millisecond returns the next one. */
  let last = 0;
  const now = () => (last = Math.max(Date.now(), last + 1));
  let tokens = 0;
  let opened: { replica: Replica<Documents>; me: Me; watching: Subscription } | null = null;
  let busy: 'renewing' | 'signing in' | 'forgetting' | null = null;
  let wakeUp: () => void = () => undefined;
  let mutex: Promise<unknown> = Promise.resolve();
  const inMutex = <T>(work: () => Promise<T>): Promise<T> => {
    const done = mutex.then(work, work);
    mutex = done.catch(() => undefined);
    return done;
  };

  const untilSignedIn = async (): Promise<Me> => {
    for (;;) {
      const wait = await session.signIn().then(
        (me) => me,
        (error: unknown) => (isRefusal(error) ? refusedMs : retryMs),
      );
      if (typeof wait !== 'number') return wait;
      await Promise.race([sleep(wait), new Promise<void>((wake) => (wakeUp = wake))]);
    }
  };

  /** A redacted text and its files are forgotten on purpose, so they cannot be offered again after a restore. */
  const erases = (name: string, row: Fields) => {
    const isErased = erasedBy(name, row);
    const report = (collection: string, id: string) =>
      send({ type: 'wiped', device, documents: [{ collection: collection as CollectionName, id }] });
    if (isErased) report('messages', row.id);
    return (
      isErased &&
      ((write: { collection: string; mine: Fields }) => {
        if (!isErased(write)) return false;
        report(write.collection, write.mine.id);
        return true;
      })
    );
  };

  const open = async (me: Me, sent?: Kept['sent']): Promise<Replica<Documents>> => {
    const replica = await openReplica<Documents>({
      name: `chaos-${index}`,
      role: me.role,
      person: me.id,
      epoch: me.epoch,
      storage,
      api: session.api.sync,
      collections,
      rights,
      rules: { review: reviewAnswer, groupOf: threadOf, erases },
      sent,
      device,
      now,
      multiInstance: false,
      mayBeOlder: false,
      retryMs,
    });
    const watching = replica.connection.subscribe((connection) => void follow(connection));
    opened = { replica, me, watching };
    return replica;
  };

  const follow = async ({ access, signedOut }: Connection): Promise<void> => {
    if (busy) return;
    if (access === 'changed') await doing('renewing', renew);
    else if (access === 'disabled') await doing('forgetting', forget);
    else if (signedOut) await doing('signing in', signInAgain);
  };
  const doing = async (what: NonNullable<typeof busy>, work: () => Promise<void>) => {
    busy = what;
    await work();
    busy = null;
    // The connection may have changed during the work.
    if (opened) await follow(opened.replica.connection.value);
  };

  const signInAgain = async () => {
    const replica = opened?.replica;
    const me = await Promise.race([
      untilSignedIn(),
      until(() => replica?.connection.value.access !== 'same'),
    ]);
    if (me) replica?.resync();
  };

  const meNow = async (): Promise<Me> => {
    for (;;) {
      const answer = await session.api.account.me.query().catch(() => null);
      if (answer?.me) return { ...answer.me, epoch: answer.epoch };
      if (answer) return untilSignedIn();
      await sleep(retryMs);
    }
  };

  const renew = async () => {
    const me = await meNow();
    await inMutex(async () => {
      if (!opened) return;
      const { replica, watching } = opened;
      watching.unsubscribe();
      await replica.replication.stop();
      const kept = await gatherKept(replica, { now: now(), groupOf: threadOf });
      await replica.remove();
      await restoreKept(await open(me, kept.sent), kept);
    });
  };

  const forget = async () => {
    await inMutex(async () => {
      if (!opened) return;
      const { replica, watching } = opened;
      watching.unsubscribe();
      const waiting = await firstValueFrom(replica.waiting);
      const refusals = await replica.refusals.find().exec();
      const sent = await createSentLog(replica.refusals).all();
      opened = null;
      await replica.remove();
      send({
        type: 'wiped',
        device,
        documents: [
          ...waiting.map(({ collection, document }) => ({
            collection: collection,
            id: document.id,
          })),
          ...refusals.map(({ collectionName, document }) => ({
            collection: collectionName as DocumentRef['collection'],
            id: document,
          })),
          // Accepted, but after a restore nobody is left who could be offered them.
          ...sent.map(({ collection, mine }) => ({
            collection: collection as DocumentRef['collection'],
            id: mine.id,
          })),
        ],
      });
    });
    const me = await untilSignedIn();
    await inMutex(() => open(me));
  };

  const here = (
    { replica, me }: { replica: Replica<Documents>; me: Me },
    numbers: readonly number[],
  ): Here => ({
    me,
    all: async (name) => {
      if (!replica.has(name)) return [];
      const found = await replica.collection(name).find().exec();
      const documents = found.map((each) => each.toJSON() as Documents[typeof name]);
      return documents.sort((a, b) => (a.id < b.id ? -1 : 1));
    },
    next: numbersFrom(numbers),
    token: () => `w${index}.${(tokens += 1)}w`,
    now,
  });

  const write = async (replica: Replica<Documents>, { how, collection, id, fields }: Write) => {
    const writtenAt = now();
    // actions.ts built the fields for this collection.
    if (how === 'insert') await replica.insert(collection, { ...fields, id });
    else await replica.patch(collection, id, fields);
    trace?.(`${now()} wrote ${how} ${collection} ${id} ${JSON.stringify(fields)}`);
    send({ type: 'wrote', written: { how, collection, id, fields, device, writtenAt } });
  };

  const me = await untilSignedIn();
  await open(me);
  send({ type: 'open' });
  return {
    act: (what, numbers) =>
      inMutex(async () => {
        if (!opened) return;
        const candidates = actionsOf(opened.me.role);
        const first = Math.max(
          candidates.findIndex(({ name }) => name === what),
          0,
        );
        // If no document fits, or the role has changed since, the next action in the list runs instead.
        for (const action of [...candidates.slice(first), ...candidates.slice(0, first)]) {
          const writes = await action.make(here(opened, numbers));
          for (const each of writes) await write(opened.replica, each).catch(ignoreMissing);
          if (writes.length > 0) return;
        }
      }),
    reload: () =>
      inMutex(async () => {
        if (!opened || busy) return;
        const { replica, watching, me: same } = opened;
        watching.unsubscribe();
        await replica.close();
        await open(same);
      }),
    resync: () => opened?.replica.resync(),
    enabled: () => wakeUp(),
    async state() {
      if (!opened) return { settled: false, why: 'no replica' };
      const { replica } = opened;
      const { online, signedOut, access } = replica.connection.value;
      const waiting = await firstValueFrom(replica.waiting);
      const why = waiting
        .map(({ collection, document }) => `${collection} ${document.id}`)
        .slice(0, 5)
        .join(', ');
      if (busy || !online || signedOut || access !== 'same' || waiting.length > 0) {
        return {
          settled: false,
          why: `${busy ?? ''} online ${online} access ${access} waiting ${waiting.length}: ${why}`,
        };
      }
      const inSync = await Promise.race([replica.replication.inSync().then(() => true), sleep(2_000, false)]);
      return { settled: inSync, why: 'not in sync' };
    },
    dump: () =>
      inMutex(async () => {
        if (!opened) return null;
        const { replica, me: whose } = opened;
        const documents: Partial<Record<CollectionName, Fields[]>> = {};
        for (const name of collectionsOf(whose.role)) {
          documents[name] = (await replica.collection(name).find().exec()).map((each) =>
            each.toMutableJSON(),
          );
        }
        // 'answer-held' asks about an answer that was accepted, so it is not a refusal.
        const refusals = (await replica.refusals.find().exec())
          .map((each) => each.toMutableJSON())
          .filter(({ code }) => code !== 'answer-held');
        return { me: { id: whose.id, role: whose.role, name: whose.name }, documents, refusals };
      }),
  };
}

/**
 * Ignores the error that a pull removed the document between choosing it and writing it. The person sees that
 * it is gone.
 */
function ignoreMissing(error: unknown): void {
  if (!/is not here|CONFLICT|conflict/.test(String(error))) throw error;
}

async function until(what: () => boolean): Promise<null> {
  while (!what()) await sleep(100);
  return null;
}
