import { replicateRxCollection, type RxReplicationState } from 'rxdb/plugins/replication';
import type { RxCollection } from 'rxdb/plugins/core';
import { filter, firstValueFrom, Subject } from 'rxjs';
import type { CollectionName, Fields } from '#shared/collections/collections.ts';
import type { Checkpoint, Pulled } from '../wire.ts';
import { requestError, type Api } from './api-client.ts';
import { createLane } from './lane.ts';
import { createBases, pushRows, sameState, type Row } from './push-rows.ts';
import { keepRefusal, type KeptRefusal } from './refusals.ts';

/*
 * The protocol between a replica and the server, on RxDB's replication. What each rule is for:
 *
 * - Checkpoint = the seq of the last row pulled. The server gives seq last in each transaction, so none is passed over.
 * - A push is answered with the server's row whenever it differs (it always does: seq), and a collection never has a
 *   pull and a push under way together (the lane). RxDB skips a pulled row that has an unsent local write and still
 *   moves its checkpoint on; with only one of the two rules some rows would stay stale for ever.
 * - RxDB pushes collections independently; here a collection waits until those before it (its parents) have nothing
 *   unsent, so a message never arrives before its ticket.
 * - A handler that throws is called again with the same rows, for ever. It throws only where that can help.
 * - A refusal is stored first, then RxDB takes the server's row over the refused one.
 * - Pokes only say RESYNC: the documents come by pulls, in the order of their seq.
 */

export type Reports = {
  /** A request got an answer. */
  answered: () => void;
  /** A request got none, or the server is at fault. */
  failed: () => void;
  signedOut: () => void;
  /** The person's rights changed (the replica is to be made anew), or the account is over (it is to be deleted). */
  accessLost: (how: 'changed' | 'disabled') => void;
};

export type Replication = {
  resync: (collections: readonly CollectionName[]) => void;
  /** Resolves when everything local is sent and everything of the server is here (or at the first fault, not). */
  inSync: () => Promise<void>;
  /** Rows of the server, from the beginning: the first pull of each collection has ended. */
  pulledOnce: () => Promise<void>;
  stop: () => Promise<void>;
};

type Wanted = {
  api: Api;
  /** In the order in which they are pushed. */
  collections: ReadonlyMap<CollectionName, RxCollection<Fields>>;
  refusals: RxCollection<KeptRefusal>;
  person: string;
  epoch: number;
  device: string;
  now: () => number;
  reports: Reports;
  /** Milliseconds until a failed request is tried again. */
  retryMs?: number;
};

const pullBatch = 1_000;
/** How long a pull waits for RxDB to store what a push was answered; it goes on anyway, as rows must keep coming. */
const settleMs = 3_000;
const mostSettles = 3;

type State = RxReplicationState<Fields, Checkpoint>;

export function replicate(wanted: Wanted): Replication {
  const states: State[] = [];
  const resyncs = new Map<CollectionName, Subject<'RESYNC'>>();
  for (const [name, collection] of wanted.collections) {
    const resync = new Subject<'RESYNC'>();
    const parents = [...states];
    resyncs.set(name, resync);
    states.push(replicateOne(wanted, { name, collection, resync, parents }));
  }
  return {
    resync(collections) {
      for (const name of collections) resyncs.get(name)?.next('RESYNC');
    },
    async inSync() {
      for (const state of states) await state.awaitInSync();
    },
    async pulledOnce() {
      await Promise.all(states.map((state) => state.awaitInitialReplication()));
    },
    async stop() {
      await Promise.all(states.map((state) => state.cancel()));
    },
  };
}

function replicateOne(
  { api, refusals, person, epoch, device, now, reports, retryMs = 2_000 }: Wanted,
  {
    name,
    collection,
    resync,
    parents,
  }: {
    name: CollectionName;
    collection: RxCollection<Fields>;
    resync: Subject<'RESYNC'>;
    parents: readonly State[];
  },
): State {
  const lane = createLane();
  const bases = createBases();

  const reported = async <T>(request: () => Promise<T>): Promise<T> => {
    try {
      const answer = await request();
      reports.answered();
      return answer;
    } catch (error) {
      const { status, code } = requestError(error);
      if (code === 'account-disabled') reports.accessLost('disabled');
      else if (code === 'access-changed') reports.accessLost('changed');
      else if (status === 401) reports.signedOut();
      else reports.failed();
      throw error;
    }
  };

  /** While RxDB stores the answer to a push: a pull answered then could be skipped as older than a local write. */
  let storing: Promise<void> | null = null;

  const pull = async (since: Checkpoint | undefined, limit: number) => {
    for (let tries = 1; ; tries += 1) {
      if (storing) await Promise.race([storing, soon(settleMs)]);
      const answer = await lane(async () => {
        if (storing && tries < mostSettles) return null;
        return reported(() =>
          api.sync.pull.query({ collection: name, person, epoch, since: since?.seq ?? 0, limit }),
        );
      });
      if (answer && 'reset' in answer) {
        reports.accessLost('changed');
        throw new Error('the rights of this replica are over');
      }
      if (answer) return answer;
    }
  };

  const push = async (rows: readonly Row[]): Promise<Pulled[]> => {
    for (const parent of parents) await nothingUnsent(parent);
    return lane(async () => {
      const stored = state.internalReplicationState?.streamQueue.up;
      const settled = Promise.resolve(stored).then(() => {
        if (storing === settled) storing = null;
      });
      storing = settled;
      const changed = rows
        // RxDB sends a row once more after it has stored the server's answer: nothing of it is new.
        .filter(({ assumed, next }) => !assumed || !sameState(assumed, next))
        .map(({ assumed, next }): Row => ({ assumed: bases.baseOf(next.id, assumed), next }));
      if (changed.length === 0) return [];
      const { masters, refusals: said } = await reported(() =>
        pushRows({ api, collection: name, person, epoch, device, now }, changed),
      );
      for (const refusal of said) {
        const row = changed.find(({ next }) => next.id === refusal.id);
        if (!row) continue;
        const { next: mine, assumed: base } = row;
        const { code, field, detail, id: document } = refusal;
        await keepRefusal(refusals, {
          collectionName: name,
          document,
          code,
          field,
          detail,
          mine,
          base,
          at: now(),
        });
      }
      const refused = new Set(said.map(({ id }) => id));
      for (const row of changed) if (!refused.has(row.next.id)) bases.accepted(row);
      return masters;
    });
  };

  const state: State = replicateRxCollection<Fields, Checkpoint>({
    replicationIdentifier: `cstims-${name}`,
    collection,
    live: true,
    retryTime: retryMs,
    waitForLeadership: true,
    // A tab that becomes visible would start to replicate beside the leader.
    toggleOnDocumentVisible: false,
    autoStart: true,
    pull: {
      batchSize: pullBatch,
      stream$: resync.asObservable(),
      handler: (since, limit) => pull(since, limit),
    },
    push: {
      batchSize: 50,
      // RxDB's rows are the collection's documents with _deleted, which is what travels.
      handler: (rows) =>
        push(
          rows.map(({ assumedMasterState, newDocumentState }) => ({
            assumed: assumedMasterState ?? null,
            next: newDocumentState,
          })),
        ),
    },
  });
  return state;
}

/** Resolves when a collection's replication has sent every local write made until now. */
async function nothingUnsent(state: State): Promise<void> {
  const inside = await startedState(state);
  await firstValueFrom(inside.firstSyncDone.up.pipe(filter(Boolean)));
  // `active` alone is not enough: RxDB says "not active" before it works off what was queued meanwhile.
  for (;;) {
    const queue = inside.streamQueue.up;
    await queue;
    await firstValueFrom(inside.events.active.up.pipe(filter((active) => !active)));
    if (queue === inside.streamQueue.up) return;
  }
}

function soon(ms: number): Promise<void> {
  return new Promise((done) => setTimeout(done, ms));
}

async function startedState(state: State): Promise<NonNullable<State['internalReplicationState']>> {
  for (;;) {
    if (state.internalReplicationState) return state.internalReplicationState;
    await soon(10);
  }
}
