import { QueryTypes } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import type { Poke, PokesRequest } from '../protocol.ts';
import type { SyncServer } from './context.ts';
import { changesBetween, changesFor, type Told } from './live-changes.ts';
import { changedCollectionsFor } from './read.ts';

/** Tells replicas what changed in documents that they may see. */
export type Live = {
  /** Yields the changes for one replica until the signal aborts, or the session ends or its role changes. */
  pokes: (options: ListenOptions, signal: AbortSignal) => AsyncGenerator<Poke>;
  /** Looks for changes now instead of at the next interval. Called after a push in this process. */
  poll: () => void;
  stop: () => Promise<void>;
};

/** The actor with the epoch of their rights, their session (SHA-256 of its id), and what their replica asks for. */
export type ListenOptions = { actor: Actor; epoch: number; session: string } & Omit<PokesRequest, 'epoch'> & {
    /** The epoch that the replica was created under. */
    replicaEpoch?: number | undefined;
  };

type Listener = {
  actor: Actor;
  session: string;
  /** The collections whose documents it takes. */
  takes: ReadonlySet<string>;
  /** It has been told of every change up to here. Null: the first event is not made yet. */
  told: number | null;
  /** What changed before the first event, and up to where. */
  early: { names: Set<string>; until: number };
  queue: Poke[];
  wake: () => void;
  ended: boolean;
};

/** A slow reader may have so many documents waiting. Then it is told to pull. */
const mostWaiting = 200;

/** Jobs and other server processes write too, so the counter row is polled once a second. */
const intervalMs = 1_000;

/** Starts polling for changes. */
export function createLive(server: SyncServer): Live {
  const listeners = new Set<Listener>();
  let last: number | null = null;
  let lastAccess = 0;
  let generation: string | null = null;
  let polling: Promise<void> | null = null;
  let pollAgain = false;
  let stopped = false;
  const firstPoll = Promise.withResolvers<void>();

  const poll = () => {
    if (stopped) return;
    if (polling) {
      pollAgain = true;
      return;
    }
    polling = step()
      .catch((error: unknown) => server.log.warn({ error }, 'looking for changes failed'))
      .finally(() => {
        polling = null;
        if (pollAgain) {
          pollAgain = false;
          poll();
        }
      });
  };

  async function step(): Promise<void> {
    const { sync: head, access, generation: current } = await countersOf(server);
    // Another history: every stream ends, and each replica that opens it again is told to compare itself.
    if (generation !== null && (current !== generation || head < (last ?? 0))) endAll();
    const since = generation === current ? last : null;
    generation = current;
    if (since !== null && access !== lastAccess) await endInvalidSessions();
    lastAccess = access;
    // Changes before the first poll are in the first event of each listener.
    if (since !== null && head > since && listeners.size > 0) {
      const changes = await changesBetween(server, { after: since, until: head });
      for (const listener of listeners) {
        const told = changesFor(server, changes, listener);
        if (told.collections.length > 0) tell(listener, told, { head, generation: current });
      }
    }
    last = head;
    firstPoll.resolve();
  }

  function tell(listener: Listener, told: Told, { head: to, generation: of }: Head): void {
    const { told: from, early, queue } = listener;
    if (from === null) {
      for (const name of told.collections) early.names.add(name);
      early.until = to;
      return;
    }
    if (to <= from) return; // the first event has it
    queue.push({ ...told, from, to, generation: of });
    listener.told = to;
    const waiting = queue.flatMap(({ changes }) => Object.values(changes)).flat().length;
    if (waiting > mostWaiting) {
      const collections = [...new Set(queue.flatMap((poke) => poke.collections))];
      listener.queue = [{ collections, changes: {}, from: queue[0]?.from ?? from, to, generation: of }];
    }
    listener.wake();
  }

  /** Ends the streams of sessions that have ended or whose role has changed. */
  async function endInvalidSessions(): Promise<void> {
    const sessions = [...listeners].map(({ session }) => session);
    const roles = await server.sync.rolesOf(server, sessions);
    for (const listener of listeners) {
      if (roles.get(listener.session) === listener.actor.role) continue;
      listener.ended = true;
      listener.wake();
    }
  }

  function endAll(): void {
    for (const listener of listeners) {
      listener.ended = true;
      listener.wake();
    }
  }

  async function* pokes(options: ListenOptions, signal: AbortSignal): AsyncGenerator<Poke> {
    const listener: Listener = {
      actor: options.actor,
      session: options.session,
      takes: takenBy(server, options),
      told: null,
      early: { names: new Set(), until: 0 },
      queue: [],
      wake: () => undefined,
      ended: false,
    };
    listeners.add(listener);
    signal.addEventListener('abort', () => listener.wake(), { once: true });
    try {
      // The listener is registered and the first poll is done before missed changes are queried, so none is lost between.
      await firstPoll.promise;
      // The rights may have changed since the request was let in, and before changes of rights were watched for it.
      const roles = await server.sync.rolesOf(server, [options.session]);
      if (roles.get(options.session) !== options.actor.role) return;
      const { names, head, generation: of } = await changedCollectionsFor(server, options);
      const { early } = listener;
      const to = Math.max(head, early.until);
      listener.told = to;
      yield {
        collections: [...new Set([...names, ...early.names])],
        changes: {},
        from: null,
        to,
        generation: of,
      };
      while (!signal.aborted && !stopped && !listener.ended) {
        const next = listener.queue.shift();
        if (next) yield next;
        else await new Promise<void>((wake) => (listener.wake = wake));
      }
    } finally {
      listeners.delete(listener);
    }
  }

  poll();
  const timer = setInterval(poll, intervalMs);
  return {
    pokes,
    poll,
    async stop() {
      stopped = true;
      firstPoll.resolve();
      clearInterval(timer);
      for (const listener of listeners) listener.wake();
      await polling;
    },
  };
}

async function countersOf(server: SyncServer): Promise<{ sync: number; access: number; generation: string }> {
  const rows = await server.db.query<{ name: string; value: string }>(
    `SELECT name, value FROM counters WHERE name IN ('sync', 'access')
     UNION ALL (SELECT 'generation', id FROM generations ORDER BY number DESC LIMIT 1)`,
    { type: QueryTypes.SELECT },
  );
  const valueOf = (name: string) => rows.find((row) => row.name === name)?.value ?? '';
  return {
    sync: Number(valueOf('sync')),
    access: Number(valueOf('access')),
    generation: valueOf('generation'),
  };
}

type Head = { head: number; generation: string };

/**
 * The collections whose documents a replica takes from the stream: those of which it knows the current schema. None, if it
 * belongs to somebody else or was created under other rights: its next request is told so.
 */
function takenBy(
  { sync }: SyncServer,
  { actor, epoch, person, replicaEpoch, schemas }: ListenOptions,
): Set<string> {
  if (person !== actor.id || replicaEpoch !== epoch) return new Set();
  const names = Object.values(sync.collections).map(({ name }) => name);
  return new Set(names.filter((name) => schemas?.[name] === sync.collections[name]?.version));
}
