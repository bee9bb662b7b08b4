import { QueryTypes } from 'sequelize';
import type { Actor } from '#shared/engine/actor.ts';
import { storageNameOf, type Collection } from '#shared/engine/collection.ts';
import { audiencesWith, fits } from '#shared/engine/scope.ts';
import type { Poke, PokesRequest } from '../protocol.ts';
import { modelOf, type SyncServer } from './context.ts';
import { newsFor } from './read.ts';

/** Tells replicas that something they may see has changed. They then pull. */
export type Live = {
  /**
   * Pokes for one replica until the signal aborts, or the session's rights end or change. Changes that come close
   * together are one poke.
   */
  pokes: (listener: Listening, signal: AbortSignal) => AsyncGenerator<Poke>;
  /** Looks for changes now instead of at the next interval. Called after a push of this process. */
  poll: () => void;
  stop: () => Promise<void>;
};

/** Who listens, by which session (SHA-256 of its id), and the checkpoints of their replica. */
export type Listening = { actor: Actor; session: string; since: PokesRequest['since'] };
type Listener = Listening & { waiting: Set<string>; wake: () => void; ended: boolean };

/** Jobs and other server processes write too: the counter row is read about once a second. */
const intervalMs = 1_000;

/** Starts to look for changes. */
export function createLive(server: SyncServer): Live {
  const { rights, collections, rolesOf } = server.sync;
  const listeners = new Set<Listener>();
  let last: number | null = null;
  let lastAccess = 0;
  let polling: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const firstPoll = Promise.withResolvers<void>();

  const poll = () => {
    if (stopped) return;
    if (polling) {
      again = true;
      return;
    }
    polling = step()
      .catch((error: unknown) => server.log.warn({ error }, 'looking for changes failed'))
      .finally(() => {
        polling = null;
        if (again) {
          again = false;
          poll();
        }
      });
  };

  async function step(): Promise<void> {
    const { sync: head, access } = await countersOf(server);
    const since = last;
    if (since !== null && access !== lastAccess) await endLost();
    lastAccess = access;
    // Each listener has asked for what came before the first poll (newsFor).
    if (since !== null && head > since && listeners.size > 0) {
      const range = { after: since, until: head };
      const [removals, names] = await Promise.all([
        removalsBetween(server, range),
        changedCollections(server, range),
      ]);
      const changed = await Promise.all(
        names.map(async (name) => [name, await changedScopes(server, collections[name], range)] as const),
      );
      // All at once, when all is known: one poke for a change, whatever it touched.
      for (const [name, scopes] of changed) tell(name, scopes);
      for (const { collection, audience } of removals) {
        for (const listener of listeners)
          if (audiencesWith(listener.actor).includes(audience)) poke(listener, collection);
      }
    }
    last = head;
    firstPoll.resolve();
  }

  function tell(name: string, changed: Record<string, unknown>[]): void {
    for (const listener of listeners) {
      const conditions = rights.scopeOf(listener.actor, name);
      const sees = changed.some((row) => conditions.some((when) => fits(listener.actor, when, row)));
      if (sees) poke(listener, name);
    }
  }

  function poke(listener: Listener, collection: string): void {
    listener.waiting.add(collection);
    listener.wake();
  }

  /** Ends the streams of sessions that have ended and of people whose rights have changed. */
  async function endLost(): Promise<void> {
    const sessions = [...listeners].map(({ session }) => session);
    const roles = await rolesOf(server, sessions);
    for (const listener of listeners) {
      if (roles.get(listener.session) === listener.actor.role) continue;
      listener.ended = true;
      listener.wake();
    }
  }

  async function* pokes(listening: Listening, signal: AbortSignal): AsyncGenerator<Poke> {
    const listener: Listener = { ...listening, waiting: new Set(), wake: () => undefined, ended: false };
    listeners.add(listener);
    signal.addEventListener('abort', () => listener.wake(), { once: true });
    try {
      // It listens and the server polls before it asks what it missed: no change in between is lost.
      await firstPoll.promise;
      for (const collection of await newsFor(server, listening)) listener.waiting.add(collection);
      while (!signal.aborted && !stopped && !listener.ended) {
        if (listener.waiting.size === 0) {
          await new Promise<void>((wake) => (listener.wake = wake));
          continue;
        }
        const names = [...listener.waiting];
        listener.waiting.clear();
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

async function countersOf(server: SyncServer): Promise<{ sync: number; access: number }> {
  const rows = await server.db.query<{ name: string; value: string }>(
    "SELECT name, value FROM counters WHERE name IN ('sync', 'access')",
    { type: QueryTypes.SELECT },
  );
  const valueOf = (name: string) => Number(rows.find((row) => row.name === name)?.value ?? 0);
  return { sync: valueOf('sync'), access: valueOf('access') };
}

type Range = { after: number; until: number };

/** The names of the collections of which a document was written. */
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

/** The different values, among the changed rows, of the fields that decide who sees them. */
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
