import { QueryTypes } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import { storageNameOf, type Collection } from '#shared/engine/collection.ts';
import { audiencesWith, fits } from '#shared/engine/scope.ts';
import type { Poke, PokesRequest } from '../protocol.ts';
import { modelOf, type SyncServer } from './context.ts';
import { changedCollectionsFor } from './read.ts';

/** Notifies replicas of changes in documents that they may see. They then pull. */
export type Live = {
  /**
   * Yields pokes for one replica until the signal aborts, or the session ends or its role changes. Changes in quick
   * succession give one poke.
   */
  pokes: (options: ListenOptions, signal: AbortSignal) => AsyncGenerator<Poke>;
  /** Looks for changes now instead of at the next interval. Called after a push in this process. */
  poll: () => void;
  stop: () => Promise<void>;
};

/** The actor, their session (SHA-256 of its id), and the checkpoints of their replica. */
export type ListenOptions = { actor: Actor; session: string } & PokesRequest;
type Listener = ListenOptions & { pending: Set<string>; wake: () => void; ended: boolean };

/** Jobs and other server processes write too, so the counter row is polled once a second. */
const intervalMs = 1_000;

/** Starts polling for changes. */
export function createLive(server: SyncServer): Live {
  const { rights, collections, rolesOf } = server.sync;
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
    // Changes before the first poll need no poke: each listener has queried them (changedCollectionsFor).
    if (since !== null && head > since && listeners.size > 0) {
      const range = { after: since, until: head };
      const [removals, names] = await Promise.all([
        removalsBetween(server, range),
        changedCollections(server, range),
      ]);
      const changed = await Promise.all(
        names.map(async (name) => [name, await changedScopes(server, collections[name], range)] as const),
      );
      // Only now are listeners poked, so that one change gives one poke, however many collections it affects.
      for (const [name, scopes] of changed) pokeReaders(name, scopes);
      for (const { collection, audience } of removals) {
        for (const listener of listeners)
          if (audiencesWith(listener.actor).includes(audience)) poke(listener, collection);
      }
    }
    last = head;
    firstPoll.resolve();
  }

  function pokeReaders(name: string, changed: Record<string, unknown>[]): void {
    for (const listener of listeners) {
      const conditions = rights.scopeOf(listener.actor, name);
      const sees = changed.some((row) => conditions.some((when) => fits(listener.actor, when, row)));
      if (sees) poke(listener, name);
    }
  }

  function poke(listener: Listener, collection: string): void {
    listener.pending.add(collection);
    listener.wake();
  }

  /** Ends the streams of sessions that have ended or whose role has changed. */
  async function endInvalidSessions(): Promise<void> {
    const sessions = [...listeners].map(({ session }) => session);
    const roles = await rolesOf(server, sessions);
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
    const listener: Listener = { ...options, pending: new Set(), wake: () => undefined, ended: false };
    listeners.add(listener);
    signal.addEventListener('abort', () => listener.wake(), { once: true });
    try {
      // The listener is registered and the first poll is done before missed changes are queried, so none is lost between.
      await firstPoll.promise;
      for (const collection of await changedCollectionsFor(server, options)) listener.pending.add(collection);
      while (!signal.aborted && !stopped && !listener.ended) {
        if (listener.pending.size === 0) {
          await new Promise<void>((wake) => (listener.wake = wake));
          continue;
        }
        const names = [...listener.pending];
        listener.pending.clear();
        yield { collections: names };
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

type Range = { after: number; until: number };

/** The names of the collections in which a document was written. */
async function changedCollections(server: SyncServer, range: Range): Promise<string[]> {
  const queries = Object.values(server.sync.collections).map(
    (collection) =>
      `SELECT '${collection.name}' AS name FROM DUAL WHERE EXISTS
       (SELECT 1 FROM ${storageNameOf(collection)} WHERE seq > :after AND seq <= :until)`,
  );
  const rows = await server.db.query<{ name: string }>(queries.join(' UNION ALL '), {
    replacements: range,
    type: QueryTypes.SELECT,
  });
  return rows.map(({ name }) => name);
}

async function removalsBetween(
  server: SyncServer,
  { after, until }: Range,
): Promise<{ collection: string; audience: string }[]> {
  return server.db.query<{ collection: string; audience: string }>(
    'SELECT DISTINCT collection, audience FROM removals WHERE seq > ? AND seq <= ?',
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}

/** The distinct values, in the changed rows, of the fields that decide who may read them. */
async function changedScopes(
  server: SyncServer,
  collection: Collection | undefined,
  { after, until }: Range,
): Promise<Record<string, unknown>[]> {
  if (!collection) return [];
  const columns = Object.keys(modelOf(server, collection).getAttributes());
  const fields = server.sync.rights.scopeFields(collection.name).filter((field) => columns.includes(field));
  const selected = fields.map((field) => `\`${field}\``).join(', ') || '1';
  return server.db.query<Record<string, unknown>>(
    `SELECT DISTINCT ${selected} FROM ${storageNameOf(collection)} WHERE seq > ? AND seq <= ?`,
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}
