import type { RxCollection } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import type { Pulled } from '../protocol.ts';
import type { Mutex } from './mutex.ts';
import { batchesOf, pushRows, type Row } from './push-rows.ts';
import { keepRefusal, type KeptRefusal } from './refusals.ts';
import type { Requests } from './requests.ts';
import { gone, isUnsent, pulled, putRows, travelling, type Stored } from './server-documents.ts';

type Wanted = {
  /** In the order in which they are pushed: parents first. */
  collections: ReadonlyMap<string, RxCollection<Fields>>;
  definitions: Readonly<Record<string, Collection>>;
  rules: PushRules;
  mutexes: ReadonlyMap<string, Mutex>;
  refusals: RxCollection<KeptRefusal>;
  requests: Requests;
  now: () => number;
  /** Ids of the documents that are under way. */
  sending: (ids: readonly string[]) => void;
  /** Changes of a collection after a seq are to be pulled (again). */
  pullAgain: (name: string, after: number) => void;
};

/** What the product says about pushes. */
export type PushRules = {
  /** True where a change takes the document out of its writer's sight. Such a change is pushed last. */
  leavesSight: (name: string, base: Fields, next: Fields) => boolean;
  /** Why the person must look at a new document that was accepted, as a code. Null: there is nothing to look at. */
  review?: (name: string, accepted: Fields) => string | null;
};

export type Pusher = {
  /** Sends everything that waits, parents before children. @throws where a request failed */
  push: () => Promise<void>;
  /** Its person wrote something of this collection. */
  wrote: (name: string) => void;
};

export function createPusher(wanted: Wanted): Pusher {
  const { collections, mutexes, sending } = wanted;
  const names = [...collections.keys()];
  const leaves =
    (name: string) =>
    ({ base, next }: Row) =>
      base !== null && wanted.rules.leavesSight(name, base, next);
  /** Where something may wait; after a start nobody knows. */
  const written = new Set<string>(names);

  /**
   * All that waits, as of now. Children are looked at before their parents: a child that is seen was written after
   * its parent, which is then seen too, so no child is ever sent without it.
   */
  const gather = async (): Promise<[string, Row[]][]> => {
    const waiting: [string, Row[]][] = [];
    for (const name of names.toReversed()) {
      // Whether another tab wrote a parent is heard later than its child can be seen: parents are always looked at.
      if (waiting.length === 0 && !written.has(name)) continue;
      written.delete(name);
      const rows = await unsentOf(collections.get(name));
      if (rows.length > 0) waiting.unshift([name, rows]);
    }
    return waiting;
  };

  const send = async (name: string, rows: Row[]) => {
    const [mutex, collection] = [mutexes.get(name), collections.get(name)];
    if (!mutex || !collection) return; // all three maps have the same names
    for (const batch of batchesOf(rows)) {
      sending(batch.map(({ next }) => next.id));
      await mutex(() => sendBatch(wanted, { name, collection, batch }));
    }
  };

  return {
    async push() {
      const waiting = await gather();
      /** Of a collection that was passed: what takes a document out of its writer's sight goes last. */
      const parting: [string, Set<string>][] = [];
      try {
        for (const [name, rows] of waiting) {
          const leaving = rows.filter(leaves(name));
          await send(
            name,
            rows.filter((row) => !leaves(name)(row)),
          );
          const changedSince = idsOf(rows.filter(({ latest }) => latest));
          const left = changedSince.size > 0 ? await unsentOf(collections.get(name)) : [];
          const later = left.filter(({ base, next }) => base && changedSince.has(next.id));
          await send(
            name,
            later.filter((row) => !leaves(name)(row)),
          );
          parting.push([name, idsOf([...leaving, ...later.filter(leaves(name))])]);
        }
        for (const [name, ids] of parting) {
          if (ids.size === 0) continue;
          const rows = await unsentOf(collections.get(name));
          await send(
            name,
            rows.filter(({ next }) => ids.has(next.id)),
          );
        }
      } catch (error) {
        for (const [name] of waiting) written.add(name);
        throw error;
      } finally {
        sending([]);
      }
    },
    wrote: (name) => written.add(name),
  };
}

const idsOf = (rows: readonly Row[]) => new Set(rows.map(({ next }) => next.id));

async function unsentOf(collection: RxCollection<Fields> | undefined): Promise<Row[]> {
  const found = (await collection?.find({ selector: { unsent: 1 } }).exec()) ?? [];
  return found
    .map((document): Row => {
      const here = document.toJSON() as Stored;
      const now = travelling(here);
      return here.created
        ? { base: null, next: here.created, latest: now }
        : { base: here.base ?? null, next: now };
    })
    .sort((a, b) => Number(a.next['writtenAt']) - Number(b.next['writtenAt']));
}

async function sendBatch(
  { requests, refusals, now, pullAgain, definitions, rules }: Wanted,
  { name, collection, batch }: { name: string; collection: RxCollection<Fields>; batch: Row[] },
): Promise<void> {
  const definition = definitions[name];
  if (!definition) return; // every opened collection has one
  const answer = await pushRows(requests, definition, batch);
  const sent = new Map(batch.map((row) => [row.next.id, row]));
  const refused = new Set<string>();
  for (const { id, ...reason } of answer.refusals) {
    const row = sent.get(id);
    if (!row) continue;
    refused.add(id);
    // Stored before the server's document takes its place: nothing that was typed is ever nowhere.
    const write = { document: id, mine: row.latest ?? row.next, base: row.base, at: now() };
    await keepRefusal(refusals, { parents: definition.parents ?? [], collectionName: name, ...reason, ...write });
  }
  for (const serverDocument of answer.documents) {
    const row = sent.get(serverDocument.id);
    const code = row?.base === null ? (rules.review?.(name, serverDocument) ?? null) : null;
    if (!row || code === null) continue;
    const asked = { code, field: null, detail: null };
    const write = { document: serverDocument.id, mine: row.next, base: null, at: now() };
    await keepRefusal(refusals, { parents: definition.parents ?? [], collectionName: name, ...asked, ...write });
  }
  await putRows(collection, answer.documents, (here, serverDocument) => {
    const row = sent.get(serverDocument.id);
    if (!here || !row || !isUnsent(here)) return pulled(here, serverDocument);
    const isRefused = refused.has(serverDocument.id);
    const sentLast = isRefused ? (row.latest ?? row.next) : row.next;
    if (here['writtenAt'] === sentLast['writtenAt']) return settled(here, serverDocument);
    // Written again meanwhile: the server has what was sent (or refused it), the rest goes with the next push.
    const { created: _, ...rest } = here;
    return isRefused ? null : { ...rest, base: row.next };
  });
  for (const id of answer.refusedHere) {
    const base = sent.get(id)?.base;
    // Pulls passed the document over while it waited, so what is known of it may be old.
    if (base) pullAgain(name, Number(base['seq']));
  }
}

/** The server's document takes the place of what was sent. */
function settled(here: Stored, serverDocument: Pulled): Fields & { _deleted: boolean } {
  return serverDocument._deleted ? gone(here, serverDocument) : serverDocument;
}
