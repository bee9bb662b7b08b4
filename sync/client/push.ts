import type { RxCollection } from 'rxdb/plugins/core';
import type { Collection, Fields } from '#shared/engine/collection.ts';
import type { Pulled } from '../protocol.ts';
import type { Mutex } from './mutex.ts';
import { batchesOf, pushRows, type Row } from './push-rows.ts';
import { keepRefusal, type KeptRefusal } from './refusals.ts';
import type { Requests } from './requests.ts';
import type { SentLog, SentWrite } from './sent-log.ts';
import { isUnsent, putRows, resolvePulled, tombstone, toWire, type Stored } from './server-documents.ts';

type PusherOptions = {
  /** In the order in which they are pushed: parents first. */
  collections: ReadonlyMap<string, RxCollection<Fields>>;
  definitions: Readonly<Record<string, Collection>>;
  rules: PushRules;
  mutexes: ReadonlyMap<string, Mutex>;
  refusals: RxCollection<KeptRefusal>;
  requests: Requests;
  /** The history of a collection's checkpoint. */
  generationOf: (name: string) => string | undefined;
  sent: SentLog;
  now: () => number;
  /** Called with the ids of the documents that are being sent. */
  sending: (ids: readonly string[]) => void;
  /** Pulls all changes of a collection after a seq again. */
  pullAgain: (name: string, after: number) => void;
};

/** The product's rules for pushes. */
export type PushRules = {
  /** True if the writer may no longer read the document after the change. Such a change is pushed last. */
  leavesSight: (name: string, base: Fields, next: Fields) => boolean;
  /** Why the person must review an accepted new document, as a code. Null: no review is needed. */
  review?: (name: string, accepted: Fields) => string | null;
  /** The id by which writes that belong together are grouped. Default: the document's own. */
  groupOf?: (document: Fields) => string;
  /** Which accepted writes must be forgotten because of a pulled row, such as the text of a redacted message. */
  erases?: (name: string, row: Pulled) => ((write: SentWrite) => boolean) | null;
};

export type Pusher = {
  /** Sends all unsent writes, parents before children. @throws if a request failed */
  push: () => Promise<void>;
  /** Notes that the person wrote a document of this collection. */
  markWritten: (name: string) => void;
};

export function createPusher(options: PusherOptions): Pusher {
  const { collections, mutexes, sending } = options;
  const names = [...collections.keys()];
  const leavesSight =
    (name: string) =>
    ({ base, next }: Row) =>
      base !== null && options.rules.leavesSight(name, base, next);
  /** The collections that may have unsent writes. After a start, that is every collection. */
  const written = new Set<string>(names);

  /**
   * Collects all unsent writes. Children are queried before their parents. A child that is found was written after its
   * parent, so the parent is found as well, and no child is ever sent without its parent.
   */
  const gather = async (): Promise<[string, Row[]][]> => {
    const pending: [string, Row[]][] = [];
    for (const name of names.toReversed()) {
      // If another tab wrote a parent, the event of that write may arrive after the child is found. So once a child is
      // found, every parent collection is queried.
      if (pending.length === 0 && !written.has(name)) continue;
      written.delete(name);
      const rows = await unsentOf(collections.get(name));
      if (rows.length > 0) pending.unshift([name, rows]);
    }
    return pending;
  };

  /**
   * @param generations the histories when the rows were read. If the replica was compared with a restored server since,
   *   their bases are outdated. The server refuses them, and they are read again.
   */
  const send = async (name: string, rows: Row[], generations: ReadonlyMap<string, string | undefined>) => {
    const [mutex, collection] = [mutexes.get(name), collections.get(name)];
    if (!mutex || !collection) return; // all three maps have the same names
    for (const batch of batchesOf(rows)) {
      sending(batch.map(({ next }) => next.id));
      await mutex(() => sendBatch(options, { name, collection, batch, generation: generations.get(name) }));
    }
  };

  return {
    async push() {
      const generations = new Map(names.map((name) => [name, options.generationOf(name)] as const));
      const pending = await gather();
      /** Ids of the documents that their writer may no longer read after the change. They are sent last. */
      const sentLast: [string, Set<string>][] = [];
      try {
        for (const [name, rows] of pending) {
          const leaving = rows.filter(leavesSight(name));
          await send(
            name,
            rows.filter((row) => !leavesSight(name)(row)),
            generations,
          );
          const changedSince = idsOf(rows.filter(({ latest }) => latest));
          const remaining = changedSince.size > 0 ? await unsentOf(collections.get(name)) : [];
          const later = remaining.filter(({ base, next }) => base && changedSince.has(next.id));
          await send(
            name,
            later.filter((row) => !leavesSight(name)(row)),
            generations,
          );
          sentLast.push([name, idsOf([...leaving, ...later.filter(leavesSight(name))])]);
        }
        for (const [name, ids] of sentLast) {
          if (ids.size === 0) continue;
          const rows = await unsentOf(collections.get(name));
          await send(
            name,
            rows.filter(({ next }) => ids.has(next.id)),
            generations,
          );
        }
      } catch (error) {
        for (const [name] of pending) written.add(name);
        throw error;
      } finally {
        sending([]);
      }
    },
    markWritten: (name) => written.add(name),
  };
}

const idsOf = (rows: readonly Row[]) => new Set(rows.map(({ next }) => next.id));

async function unsentOf(collection: RxCollection<Fields> | undefined): Promise<Row[]> {
  const found = (await collection?.find({ selector: { unsent: 1 } }).exec()) ?? [];
  return found
    .map((document): Row => {
      const here = document.toJSON() as Stored;
      const current = toWire(here);
      return here.created
        ? { base: null, next: here.created, latest: current }
        : { base: here.base ?? null, next: current };
    })
    .sort((a, b) => Number(a.next['writtenAt']) - Number(b.next['writtenAt']));
}

type Batch = { name: string; collection: RxCollection<Fields>; batch: Row[]; generation: string | undefined };

async function sendBatch(
  options: PusherOptions,
  { name, collection, batch, generation }: Batch,
): Promise<void> {
  const { requests, refusals, now, pullAgain, definitions, rules } = options;
  const definition = definitions[name];
  if (!definition) return; // every opened collection has one
  const response = await pushRows(requests, { collection: definition, generation }, batch);
  const sent = new Map(batch.map((row) => [row.next.id, row]));
  const refused = new Set<string>();
  for (const { id, ...reason } of response.refusals) {
    const row = sent.get(id);
    if (!row) continue;
    refused.add(id);
    // It must be stored before the server's document replaces the write, so that nothing the person typed is ever lost.
    const write = { document: id, mine: row.latest ?? row.next, base: row.base, at: now() };
    await keepRefusal(refusals, {
      parents: definition.parents ?? [],
      collectionName: name,
      ...reason,
      ...write,
    });
  }
  for (const serverDocument of response.documents) {
    const row = sent.get(serverDocument.id);
    const code = row?.base === null ? (rules.review?.(name, serverDocument) ?? null) : null;
    if (!row || code === null) continue;
    const reason = { code, field: null, detail: null };
    const write = { document: serverDocument.id, mine: row.next, base: null, at: now() };
    await keepRefusal(refusals, {
      parents: definition.parents ?? [],
      collectionName: name,
      ...reason,
      ...write,
    });
  }
  await logSent(
    options,
    { name, generation: response.generation },
    response.documents.flatMap((serverDocument) => {
      const row = sent.get(serverDocument.id);
      return row && !refused.has(serverDocument.id) ? [{ row, serverDocument }] : [];
    }),
  );
  await putRows(collection, response.documents, (here, serverDocument) => {
    const row = sent.get(serverDocument.id);
    if (!here || !row || !isUnsent(here)) return resolvePulled(here, serverDocument);
    const isRefused = refused.has(serverDocument.id);
    const lastSent = isRefused ? (row.latest ?? row.next) : row.next;
    if (here['writtenAt'] === lastSent['writtenAt']) return replaceSent(here, serverDocument);
    // The document was written again meanwhile. The next push sends only what the person changed since the sent state, so
    // that state becomes the base. If the server has another value in such a field, the field's conflict rule decides.
    const { created: _, ...rest } = here;
    return isRefused ? null : { ...rest, base: row.next };
  });
  for (const id of response.refusedLocally) {
    const base = sent.get(id)?.base;
    // Pulls have skipped the document while its write was unsent, so the base may be outdated.
    if (base) pullAgain(name, Number(base['seq']));
  }
}

/** The server's document, which replaces the sent one. */
function replaceSent(here: Stored, serverDocument: Pulled): Fields & { _deleted: boolean } {
  return serverDocument._deleted ? tombstone(here, serverDocument) : serverDocument;
}

/** Logs accepted writes, in case the server loses them. What a write erased is logged without the erased values. */
async function logSent(
  { sent, rules }: PusherOptions,
  { name, generation }: Pick<Batch, 'name' | 'generation'>,
  accepted: readonly { row: Row; serverDocument: Pulled }[],
): Promise<void> {
  const writes: SentWrite[] = [];
  for (const { row, serverDocument } of accepted) {
    const isErased = rules.erases?.(name, serverDocument);
    if (isErased) await sent.update((write) => (isErased(write) ? null : write));
    const { next: mine, base } = row;
    const { _deleted: leftSight } = serverDocument;
    const seq = Number(serverDocument['seq']);
    const values = isErased
      ? (await import('./restored.ts')).withoutErased({ mine, base }, serverDocument)
      : { mine, base };
    writes.push({ collection: name, generation, seq, leftSight, ...values });
  }
  await sent.add(writes);
}
