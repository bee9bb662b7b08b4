import type { RxCollection } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import { requestError, type SyncApi } from './api-client.ts';
import type { Fault } from './faults.ts';
import type { Poke } from '../protocol.ts';
import type { Since } from './live.ts';
import { createMutex } from './mutex.ts';
import { createLoop, createBackoff, type Loop } from './retry.ts';
import { createPuller, type Progress, type Puller } from './pull.ts';
import { createPusher, type PushRules } from './push.ts';
import type { KeptRefusal } from './refusals.ts';
import { createRequests, type FirstPages, type Reports } from './requests.ts';
import type { SentLog } from './sent-log.ts';
import { fromServer } from './server-documents.ts';

/*
 * The protocol between a replica and the server. A document that the person has written has seq 0 until the server
 * accepts it, and contains its base, the server's document before the write (server-documents.ts). Unsent writes are
 * therefore found by a query. One write to one document creates that state, and no other data must be kept consistent
 * with it. The rules and their reasons:
 *
 * - The checkpoint is a seq: the changes after it are still to be pulled. The server assigns seq last in each
 *   transaction, so no change is missed.
 * - A new device pulls the foremost documents first, then the others, each the newest first (pull.ts). Documents that
 *   change meanwhile come by ordinary pulls.
 * - A pulled row never replaces an unsent write or a newer row. It is skipped, and the checkpoint moves on. Two rules
 *   follow from that, and without either of them rows would stay stale. The response to a push holds the server's
 *   document of every row. And a mutex prevents a pull and a push of the same collection at the same time: a pull that
 *   overtook the response to a push would skip a row that is newer than the response.
 * - A push goes through the collections in a fixed order, parents before children, and stops if a request fails. So a
 *   message never arrives before its ticket.
 * - A refusal is a response. It is stored before the server's row replaces the write (push.ts). A write is sent again
 *   only if that can help (push-rows.ts), with exponential backoff.
 * - An error that comes from neither the network nor the server (a defect, the device's storage) stops the work that
 *   failed, and is reported (faults.ts). A retry would fail again, and nobody would notice.
 * - While the person is signed out, failed requests are not retried until `wake` is called. Writes stay unsent.
 * - The live stream carries the changed documents. A collection that has everything up to the beginning of an event stores
 *   them under its mutex. Any other pulls, and so does every collection of which too much has changed (protocol.ts).
 */

export type Replication = {
  /** Pulls these collections, because they may have changed on the server. */
  resync: (collections: readonly string[]) => void;
  /** Stores the changes of an event of the live stream, or pulls them. `since`: the checkpoints that the stream began at. */
  receive: (poke: Poke, since: Since) => void;
  /** Resolves when every collection has a checkpoint. */
  checkpointsKnown: () => Promise<unknown>;
  /** The checkpoint of each collection: the changes after this seq are still to be pulled. */
  checkpoints: () => Record<string, number>;
  /** The history that the checkpoints belong to. While they belong to different ones, a name that no server has. */
  generation: () => string | undefined;
  /** Retries at once everything that waits for a network or a session. */
  wake: () => void;
  /**
   * Resolves when every local write is sent and every change on the server is pulled. It also resolves if a fault has
   * stopped a loop, whose writes or changes are then still missing.
   */
  inSync: () => Promise<void>;
  /** Resolves when the first pull of each collection has ended. */
  pulledOnce: () => Promise<void>;
  stop: () => Promise<void>;
};

type ReplicationOptions = {
  api: SyncApi;
  /** In the order in which they are pushed. */
  collections: ReadonlyMap<string, RxCollection<Fields>>;
  definitions: Readonly<Record<string, Collection>>;
  rules: PushRules;
  refusals: RxCollection<KeptRefusal>;
  sent: SentLog;
  person: string;
  epoch: number;
  device: string;
  now: () => number;
  firstPages?: FirstPages | undefined;
  reports: Reports & {
    /** Called with the ids of the documents that are being sent. */
    sending: (ids: readonly string[]) => void;
    /** Called with the progress of the first pull; null when it has ended. */
    progress: (progress: Progress | null) => void;
    /** Called when some work has stopped because of a fault, and with null when it resumes. */
    fault: (fault: Fault | null) => void;
  };
  /** Milliseconds before a failed request is retried for the first time. */
  retryMs?: number;
};

/** Starts to replicate the collections with the server. */
export function replicate(options: ReplicationOptions): Replication {
  const { collections, definitions, rules, refusals, sent, now, reports, retryMs = 1_000 } = options;
  const groupOf = rules.groupOf ?? (({ id }: Fields) => id);
  const backoff = createBackoff(retryMs);
  const requests = createRequests({
    ...options,
    reports: {
      ...reports,
      signedOut() {
        backoff.halt();
        reports.signedOut();
      },
      accessLost(reason) {
        backoff.halt();
        reports.accessLost(reason);
      },
    },
  });

  /** If several loops have stopped, only the first fault is reported. */
  const reportFault = () => {
    reports.fault(loops().flatMap((loop) => loop.fault() ?? [])[0] ?? null);
  };
  const pulls = new Map<string, { puller: Puller; loop: Loop; first: Promise<void> }>();
  const mutexes = new Map([...collections.keys()].map((name) => [name, createMutex()] as const));
  const progresses = new Map<string, Progress>();
  for (const [name, collection] of collections) {
    const mutex = mutexes.get(name) ?? createMutex();
    const progress = (current: Progress) => {
      progresses.set(name, current);
      reports.progress(sumOf([...progresses.values()]));
    };
    const saveFailed = (error: unknown) => loop.fail(error);
    const version = definitions[name]?.version ?? 0;
    const puller = createPuller({
      name,
      version,
      collection,
      refusals,
      sent,
      has: (other) => collections.has(other),
      groupOf,
      erases: rules.erases,
      now,
      requests,
      mutex,
      progress,
      saveFailed,
    });
    const first = Promise.withResolvers<void>();
    const pull = async () => {
      await puller.pull();
      first.resolve();
    };
    const loop = createLoop(pull, backoff, reportFault);
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
    generationOf: (name) => pulls.get(name)?.puller.generation(),
    sent,
    now,
    sending: reports.sending,
    pullAgain(name, after) {
      pulls.get(name)?.puller.rewindTo(after);
      pulls.get(name)?.loop.request();
    },
  });
  const push = async () => {
    try {
      await pusher.push();
    } catch (error) {
      // The pulls compare the replica with the restored server. Then the push can be sent.
      if (requestError(error).code === 'restored') for (const { loop } of pulls.values()) loop.request();
      throw error;
    }
  };
  const pushing = createLoop(push, backoff, reportFault);
  const subscriptions = [...collections].map(([name, collection]) =>
    collection.eventBulks$.subscribe(({ context, isLocal }) => {
      if (context === fromServer || isLocal) return;
      pusher.markWritten(name);
      pushing.request();
    }),
  );

  const loops = () => [pushing, ...[...pulls.values()].map(({ loop }) => loop)];
  for (const loop of loops()) loop.request();

  return {
    resync(names) {
      for (const name of names) {
        pulls.get(name)?.puller.markChanged();
        pulls.get(name)?.loop.request();
      }
    },
    receive(poke, since) {
      for (const [name, { puller, loop }] of pulls) {
        const stored = puller.receive(poke, since[name]);
        stored
          .then((isDone) => {
            if (isDone) return;
            puller.markChanged();
            loop.request();
          })
          .catch(loop.fail);
      }
    },
    checkpointsKnown: () => Promise.all([...pulls.values()].map(({ puller }) => puller.checkpointKnown)),
    checkpoints: () =>
      Object.fromEntries(
        [...pulls].flatMap(([name, { puller }]) => {
          const seq = puller.checkpoint();
          return seq === null ? [] : [[name, seq]];
        }),
      ),
    generation() {
      const known = new Set([...pulls.values()].map(({ puller }) => puller.generation()));
      return known.size > 1 ? 'mixed' : [...known][0];
    },
    wake() {
      backoff.wake();
      for (const loop of loops()) loop.retryRefused();
    },
    async inSync() {
      for (const loop of loops()) loop.request();
      // Twice, because a loop may have started another loop that was already idle.
      for (let round = 0; round < 2; round += 1) for (const loop of loops()) await loop.idle();
    },
    pulledOnce: () => pulledOnce,
    async stop() {
      for (const subscription of subscriptions) subscription.unsubscribe();
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
