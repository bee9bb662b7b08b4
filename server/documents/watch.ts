import { QueryTypes } from 'sequelize';
import { collectionNames, type CollectionName } from '#shared/collections/collections.ts';
import type { Actor } from '#shared/policy/actor.ts';
import { fits, scopeFields, scopeOf } from '#shared/policy/scope.ts';
import type { Poke } from '#sync/wire.ts';
import type { Server } from '../context.ts';
import { documentTables } from '../models/documents.ts';

/** Tells replicas that something they may see has changed; they then pull. */
export type Watch = {
  /** Pokes for one replica until the signal aborts; changes that come close together are one poke. */
  pokes: (actor: Actor, signal: AbortSignal) => AsyncGenerator<Poke>;
  /** Looks now instead of at the next turn: called after a push of this process. */
  look: () => void;
  stop: () => Promise<void>;
};

type Listener = { actor: Actor; waiting: Set<CollectionName>; wake: () => void };

/** Jobs and other server processes write too: the counter row is read about once a second. */
const everyMs = 1_000;

export function watchChanges(server: Server): Watch {
  const listeners = new Set<Listener>();
  let last: number | null = null;
  let looking: Promise<void> | null = null;
  let again = false;
  let stopped = false;

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
    const head = await headOf(server);
    const since = last;
    if (since === null) {
      // What came before the first look is not known: everybody pulls everything once.
      for (const collection of collectionNames) tell(collection, null);
    } else if (head > since && listeners.size > 0) {
      for (const collection of collectionNames) {
        tell(collection, await changedScopes(server, collection, { after: since, until: head }));
      }
    }
    last = head;
  }

  /** @param changed null = anything may have changed */
  function tell(collection: CollectionName, changed: Record<string, unknown>[] | null): void {
    for (const listener of listeners) {
      const conditions = scopeOf(listener.actor, collection);
      const touched = changed
        ? changed.some((row) => conditions.some((when) => fits(listener.actor, when, row)))
        : conditions.length > 0;
      if (!touched) continue;
      listener.waiting.add(collection);
      listener.wake();
    }
  }

  async function* pokes(actor: Actor, signal: AbortSignal): AsyncGenerator<Poke> {
    const listener: Listener = { actor, waiting: new Set(), wake: () => undefined };
    listeners.add(listener);
    signal.addEventListener('abort', () => listener.wake(), { once: true });
    try {
      while (!signal.aborted && !stopped) {
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
      clearInterval(timer);
      for (const listener of listeners) listener.wake();
      await looking;
    },
  };
}

async function headOf(server: Server): Promise<number> {
  const rows = await server.db.query<{ value: string }>("SELECT value FROM counters WHERE name = 'sync'", {
    type: QueryTypes.SELECT,
  });
  return Number(rows[0]?.value ?? 0);
}

/** The different values, among the changed rows, of the fields that decide who sees them. */
async function changedScopes(
  server: Server,
  collection: CollectionName,
  { after, until }: { after: number; until: number },
): Promise<Record<string, unknown>[]> {
  const fields = scopeFields(collection).filter((field) => field in documentTables[collection]);
  const columns = fields.map((field) => `\`${field}\``).join(', ') || '1';
  return server.db.query<Record<string, unknown>>(
    `SELECT DISTINCT ${columns} FROM ${collection} WHERE seq > ? AND seq <= ?`,
    { replacements: [after, until], type: QueryTypes.SELECT },
  );
}
