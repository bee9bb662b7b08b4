import type { RxCollection } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import type { SyncApi } from './api-client.ts';
import type { Fault } from './faults.ts';
import { createMutex } from './mutex.ts';
import { createLoop, createBackoff, type Loop } from './retry.ts';
import { createPuller, type Progress, type Puller } from './pull.ts';
import { createPusher, type PushRules } from './push.ts';
import type { KeptRefusal } from './refusals.ts';
import { createRequests, type Reports } from './requests.ts';
import { fromServer } from './server-documents.ts';

/*
 * The protocol between a replica and the server. A document that its person wrote has seq 0 until the server has
 * accepted it, and beside it how the server had it before (server-rows.ts); so what waits to be sent is a query, one
 * write of one document makes it so, and nothing else has to be kept in step with it. What each rule is for:
 *
 * - Checkpoint = the seq of the last row pulled. The server gives seq last in each transaction, so none is passed over.
 * - A new device pulls the newest documents first (pull.ts); what changes meanwhile comes by ordinary pulls.
 * - A pulled row never takes the place of a write that waits, nor of a newer row. It is passed over, and the
 *   checkpoint goes on: so a push is answered with the server's row whenever it differs (it always does: seq), and a
 *   collection never has a pull and a push under way together (its lane): a pull that overtook the answer to a push
 *   would pass over the very row that the answer is too old to bring. With only one of the two, rows stay stale.
 * - One push goes through the collections in a fixed order, parents before children, and stops where a request fails:
 *   a message never arrives before its ticket.
 * - A "no" is an answer, kept as a refusal before the server's row takes the place of the write (push.ts). Only where
 *   sending again can help is it sent again (push-rows.ts), after a wait that grows.
 * - An error that is none of the network or the server (a defect, the device's storage) stops the work that it ended,
 *   and is told (faults.ts): done again it would fail again, and nobody would know.
 * - Signed out, nothing is asked until somebody says `wake`; what was written waits.
 * - Pokes only say in which collections something changed: the documents come by pulls, in the order of their seq.
 */

export type Replication = {
  /** Something of these may have changed at the server. */
  resync: (collections: readonly string[]) => void;
  /** Resolves when it is known of every collection where it stands. */
  begun: () => Promise<unknown>;
  /** Where each collection stands: seq of the last change that is here. */
  standsAt: () => Record<string, number>;
  /** Tries at once what waits for a network or a session. */
  wake: () => void;
  /** Resolves when everything local is sent and everything of the server is here. */
  inSync: () => Promise<void>;
  /** The first pull of each collection has ended. */
  pulledOnce: () => Promise<void>;
  stop: () => Promise<void>;
};

type Wanted = {
  api: SyncApi;
  /** In the order in which they are pushed. */
  collections: ReadonlyMap<string, RxCollection<Fields>>;
  definitions: Readonly<Record<string, Collection>>;
  rules: PushRules;
  refusals: RxCollection<KeptRefusal>;
  person: string;
  epoch: number;
  device: string;
  now: () => number;
  reports: Reports & {
    /** Ids of the documents that are on their way to the server. */
    sending: (ids: readonly string[]) => void;
    /** Of the first pull; null when it has ended. */
    progress: (progress: Progress | null) => void;
    /** Something has stopped for good, or goes on again (null). */
    fault: (fault: Fault | null) => void;
  };
  /** Milliseconds until a failed request is first tried again. */
  retryMs?: number;
};

export function replicate(wanted: Wanted): Replication {
  const { collections, definitions, rules, refusals, now, reports, retryMs = 1_000 } = wanted;
  const backoff = createBackoff(retryMs);
  const requests = createRequests({
    ...wanted,
    reports: {
      ...reports,
      signedOut() {
        backoff.halt();
        reports.signedOut();
      },
      accessLost(how) {
        backoff.halt();
        reports.accessLost(how);
      },
    },
  });

  /** Of several that stopped, one is told. */
  const tellFault = () => {
    reports.fault(loops().flatMap((loop) => loop.fault() ?? [])[0] ?? null);
  };
  const pulls = new Map<string, { puller: Puller; loop: Loop; first: Promise<void> }>();
  const mutexes = new Map([...collections.keys()].map((name) => [name, createMutex()] as const));
  const progresses = new Map<string, Progress>();
  for (const [name, collection] of collections) {
    const mutex = mutexes.get(name) ?? createMutex();
    const progress = (of: Progress) => {
      progresses.set(name, of);
      reports.progress(sumOf([...progresses.values()]));
    };
    const notKept = (error: unknown) => loop.failed(error);
    const puller = createPuller({ name, version: definitions[name]?.version ?? 0, collection, places: refusals, requests, mutex, progress, notKept });
    const first = Promise.withResolvers<void>();
    const pull = async () => {
      await puller.pull();
      first.resolve();
    };
    const loop = createLoop(pull, backoff, tellFault);
    pulls.set(name, { puller, loop, first: first.promise });
  }
  const pulledOnce = Promise.all([...pulls.values()].map(({ first }) => first)).then(() => {
    reports.progress(null);
  });

  const pusher = createPusher({
    collections,
    definitions,
    rules,
    mutexes,
    refusals,
    requests,
    now,
    sending: reports.sending,
    pullAgain(name, after) {
      pulls.get(name)?.puller.backTo(after);
      pulls.get(name)?.loop.ask();
    },
  });
  const pushing = createLoop(() => pusher.push(), backoff, tellFault);
  const written = [...collections].map(([name, collection]) =>
    collection.eventBulks$.subscribe(({ context, isLocal }) => {
      if (context === fromServer || isLocal) return;
      pusher.wrote(name);
      pushing.ask();
    }),
  );

  const loops = () => [pushing, ...[...pulls.values()].map(({ loop }) => loop)];
  for (const loop of loops()) loop.ask();

  return {
    resync(names) {
      for (const name of names) {
        pulls.get(name)?.puller.changed();
        pulls.get(name)?.loop.ask();
      }
    },
    begun: () => Promise.all([...pulls.values()].map(({ puller }) => puller.begun)),
    standsAt: () =>
      Object.fromEntries(
        [...pulls].flatMap(([name, { puller }]) => {
          const seq = puller.standsAt();
          return seq === null ? [] : [[name, seq]];
        }),
      ),
    wake() {
      backoff.wake();
      for (const loop of loops()) loop.retryRefused();
    },
    async inSync() {
      for (const loop of loops()) loop.ask();
      // Twice: what a pull brought may have met what was just written.
      for (let turn = 0; turn < 2; turn += 1) for (const loop of loops()) await loop.idle();
    },
    pulledOnce: () => pulledOnce,
    async stop() {
      for (const subscription of written) subscription.unsubscribe();
      await Promise.all(loops().map((loop) => loop.stop()));
    },
  };
}

function sumOf(all: readonly Progress[]): Progress {
  return {
    done: all.reduce((sum, { done }) => sum + done, 0),
    total: all.reduce((sum, { total }) => sum + total, 0),
  };
}
