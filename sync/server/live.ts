import { QueryTypes } from 'sequelize';
import { collectionNames, type CollectionName } from '#shared/collections.ts';
import type { Actor } from '#shared/engine/actor.ts';
import { audiencesWith, fits, scopeFields, scopeOf } from '#shared/engine/scope.ts';
import type { Poke, PokesRequest } from '../protocol.ts';
import type { Server } from '../../server/context.ts';
import { documentTables } from '../../server/models/documents.ts';
import { newsFor } from './read.ts';

/** Tells replicas that something they may see has changed; they then pull. */
export type Watch = {
  /**
   * Pokes for one replica until the signal aborts, or the session's rights end or change; changes that come close
   * together are one poke.
   */
  pokes: (who: Live, signal: AbortSignal) => AsyncGenerator<Poke>;
  /** Looks now instead of at the next turn: called after a push of this process. */
  look: () => void;
  stop: () => Promise<void>;
};

/** Who listens, by which session (SHA-256 of its id), and where their replica stands. */
export type Live = { actor: Actor; session: string; since: PokesRequest['since'] };
type Listener = Live & { waiting: Set<CollectionName>; wake: () => void; ended: boolean };

/** Jobs and other server processes write too: the counter row is read about once a second. */
const everyMs = 1_000;

export function watchChanges(server: Server): Watch {
  const listeners = new Set<Listener>();
  let last: number | null = null;
  let lastAccess = 0;
  let looking: Promise<void> | null = null;
  let again = false;
  let stopped = false;
  const firstPoll = Promise.withResolvers<void>();

  const look = () => {
    if (stopped) return;
    if (looking) {
      again = true;
      return;
    }
    looking = step()
      .catch((error: unknown) => server.log.warn({ error }, 'looking for changes failed'))
      .finally(() => {
        looking = null;
        if (again) {
          again = false;
          look();
        }
      });
  };

  async function step(): Promise<void> {
    const { sync: head, access } = await countersOf(server);
    const since = last;
    if (since !== null && access !== lastAccess) await endLost();
    lastAccess = access;
    // What came before the first look each listener has asked for (newsFor).
    if (since !== null && head > since && listeners.size > 0) {
      const range = { after: since, until: head };
      const [removals, names] = await Promise.all([
        removalsBetween(server, range),
        changedCollections(server, range),
      ]);
      const changed = await Promise.all(
        names.map(async (name) => [name, await changedScopes(server, name, range)] as const),
      );
      // All at once, when all is known: one poke for a change, whatever it touched.
      for (const [collection, scopes] of changed) tell(collection, scopes);
      for (const { collection, audience } of removals) {
        for (const listener of listeners)
          if (audiencesWith(listener.actor).includes(audience)) poke(listener, collection);
      }
    }
    last = head;
    firstPoll.resolve();
  }

  function tell(collection: CollectionName, changed: Record<string, unknown>[]): void {
    for (const listener of listeners) {
      const conditions = scopeOf(listener.actor, collection);
      const touched = changed.some((row) => conditions.some((when) => fits(listener.actor, when, row)));
      if (touched) poke(listener, collection);
    }
  }

  function poke(listener: Listener, collection: CollectionName): void {
    listener.waiting.add(collection);
    listener.wake();
  }

  /** Ends the streams of sessions that are over and of people whose rights are others now. */
  async function endLost(): Promise<void> {
    const rights = await rightsOf(
      server,
      [...listeners].map(({ session }) => session),
    );
    for (const listener of listeners) {
      if (rights.get(listener.session) === listener.actor.role) continue;
      listener.ended = true;
      listener.wake();
    }
  }

  async function* pokes(who: Live, signal: AbortSignal): AsyncGenerator<Poke> {
    const listener: Listener = { ...who, waiting: new Set(), wake: () => undefined, ended: false };
    listeners.add(listener);
    signal.addEventListener('abort', () => listener.wake(), { once: true });
    try {
      // Asked after it began to listen, and this server to look: nothing can change in between unheard.
      await firstPoll.promise;
      for (const collection of await newsFor(server, who)) listener.waiting.add(collection);
      while (!signal.aborted && !stopped && !listener.ended) {
        if (listener.waiting.size === 0) {
          await new Promise<void>((wake) => (listener.wake = wake));
          continue;
        }
        const collections = [...listener.waiting];
        listener.waiting.clear();
        yield { collections };
      }
    } finally {
      listeners.delete(listener);
    }
  }

  look();
  const timer = setInterval(look, everyMs);
  return {
    pokes,
    look,
    async stop() {
      stopped = true;
      firstPoll.resolve();
      clearInterval(timer);
      for (const listener of listeners) listener.wake();
      await looking;
    },
  };
}

/** Both counters in one query: every write moves the first, every end or change of rights the second. */
async function countersOf(server: Server): Promise<{ sync: number; access: number }> {
  const rows = await server.db.query<{ name: string; value: string }>(
    "SELECT name, value FROM counters WHERE name IN ('sync', 'access')",
    { type: QueryTypes.SELECT },
  );
  const valueOf = (name: string) => Number(rows.find((row) => row.name === name)?.value ?? 0);
  return { sync: valueOf('sync'), access: valueOf('access') };
}

type Range = { after: number; until: number };

/** The collections of which a document was written. */
async function changedCollections(server: Server, range: Range): Promise<CollectionName[]> {
  const looks = collectionNames.map(
    (name) =>
      `SELECT '${name}' AS name FROM DUAL WHERE EXISTS
       (SELECT 1 FROM ${name} WHERE seq > :after AND seq <= :until)`,
  );
  const rows = await server.db.query<{ name: CollectionName }>(looks.join(' UNION ALL '), {
    replacements: range,
    type: QueryTypes.SELECT,
  });
  return rows.map(({ name }) => name);
}

async function removalsBetween(
  server: Server,
  { after, until }: Range,
): Promise<{ collection: CollectionName; audience: string }[]> {
  return server.db.query<{ collection: CollectionName; audience: string }>(
    'SELECT DISTINCT collection, audience FROM removals WHERE seq > ? AND seq <= ?',
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}

/** The role that each session gives now; a session that gives none is missing. */
async function rightsOf(server: Server, sessions: readonly string[]): Promise<Map<string, string>> {
  if (sessions.length === 0) return new Map();
  const rows = await server.db.query<{ session: string; role: string }>(
    `SELECT s.id_hash AS session, p.role FROM sessions s JOIN people p ON p.id = s.person
     WHERE s.id_hash IN (?) AND s.ended IS NULL AND p.status = 'verified'`,
    { replacements: [sessions], type: QueryTypes.SELECT },
  );
  return new Map(rows.map(({ session, role }) => [session, role]));
}

/** The different values, among the changed rows, of the fields that decide who sees them. */
async function changedScopes(
  server: Server,
  collection: CollectionName,
  { after, until }: Range,
): Promise<Record<string, unknown>[]> {
  const fields = scopeFields(collection).filter((field) => field in documentTables[collection]);
  const columns = fields.map((field) => `\`${field}\``).join(', ') || '1';
  return server.db.query<Record<string, unknown>>(
    `SELECT DISTINCT ${columns} FROM ${collection} WHERE seq > ? AND seq <= ?`,
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}
