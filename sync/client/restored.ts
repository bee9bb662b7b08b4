import type { RxCollection } from 'rxdb/plugins/core';
import { sameValue } from '#shared/engine/same-value.ts';
import type { Fields } from '#shared/engine/collection.ts';
import type { FirstCursor, FirstPage, Pulled } from '../protocol.ts';
import { keepRestored, type KeptRefusal } from './refusals.ts';
import type { Requests } from './requests.ts';
import type { SentLog, SentWrite } from './sent-log.ts';
import { isUnsent, putRows, tombstone, toWire, unsent, type Stored } from './server-documents.ts';

/*
 * The server's database was restored from a backup, and what was written after the backup is gone there. The replica then
 * becomes like the server again: rows with a higher seq are replaced, documents that the server lost are deleted. Writes
 * that the server never had stay unsent. Writes of this device that it had accepted and lost are offered to their author
 * again, as kept refusals with the code 'restored'.
 */

export type CompareOptions = {
  name: string;
  collection: RxCollection<Fields>;
  requests: Requests;
  refusals: RxCollection<KeptRefusal>;
  sent: SentLog;
  /** True for the collections of this replica. */
  has: (collection: string) => boolean;
  groupOf: (document: Fields) => string;
  /** Forgets what a pulled row erases of earlier writes. */
  erase: (rows: readonly Pulled[]) => Promise<void>;
  now: () => number;
  pageRows: number;
};

/** `from`: changes with a higher seq may be gone on the server. `known`: the history that the replica is of. */
export type Lapse = { from: number; known: string | undefined };

/** Where the replica is after the comparison. */
export type Compared = { seq: number; generation: string; total: number };

/**
 * Compares a collection with the server. It needs the collection's mutex. If it fails, it must run again from the start.
 *
 * @throws if a request fails
 */
export async function compareWithServer(options: CompareOptions, { from, known }: Lapse): Promise<Compared> {
  const { name, collection, requests, pageRows } = options;
  /** The seq of each document on the server. */
  const seen = new Map<string, number>();
  let first: FirstPage | null = null;
  let cursor: FirstCursor | null = null;
  do {
    // The first request names no history: it asks where the server is now.
    const generation: string | undefined = first?.generation;
    const page: FirstPage = await requests.first(name, { cursor, generation }, pageRows);
    first ??= page;
    for (const { id, seq } of page.documents) seen.set(id, Number(seq));
    await putRows(collection, page.documents, resolveRestored);
    await options.erase(page.documents);
    cursor = page.next;
  } while (cursor);
  const { head: seq, generation } = first;
  // They are kept before their documents are deleted, so that nothing the person wrote is ever lost.
  await offerLost(options, { from, known, generation, seen });
  await deleteUnseen(options, { seq, seen });
  return { seq, generation, total: seen.size };
}

/** The server's row replaces the replica's. An unsent change is put on top of it; an unsent new document stays. */
function resolveRestored(here: Stored | undefined, row: Pulled): (Fields & { _deleted: boolean }) | null {
  if (!here || !isUnsent(here)) return row;
  if (!here.base) return null;
  // What the person wrote, not the difference to the base: writing back a value that the server lost is a change again.
  const written = here.touched ?? writtenFields(toWire(here), here.base);
  const changes = Object.fromEntries(written.map((field) => [field, here[field]]));
  return { ...row, ...changes, writtenAt: here['writtenAt'], ...unsent(toWire(row), here.touched) };
}

function writtenFields(mine: Fields, base: Fields): string[] {
  return Object.keys(mine).filter((field) => !sameValue(mine[field], base[field]));
}

/** Offers the writes of this device that the server had accepted and does not have any more. */
async function offerLost(
  { name, refusals, sent, has, groupOf, now }: CompareOptions,
  { from, known, generation, seen }: Lapse & { generation: string; seen: ReadonlyMap<string, number> },
): Promise<void> {
  const isLost = ({ collection, seq, leftSight, mine: { id }, ...write }: SentWrite) => {
    // Accepted after the restore. Without a new generation, the numbers alone tell.
    if (write.generation === generation && known !== generation) return false;
    return seq > from || (collection === name && !leftSight && !seen.has(id));
  };
  // In an earlier role the person may have written to collections that nobody compares in this replica.
  const isOurs = ({ collection }: SentWrite) => collection === name || !has(collection);
  await sent.update(
    (write) => {
      if (!isOurs(write)) return write;
      // What is not lost is a part of the new history as well.
      return isLost(write) ? null : { ...write, generation };
    },
    (lost) =>
      keepRestored(
        refusals,
        lost.map((write) => offer(write.collection, write, { groupOf, at: now() })),
      ),
  );
}

/** Deletes the documents that the server does not have. An unsent change of one of them is offered to its author. */
async function deleteUnseen(
  { name, collection, refusals, groupOf, now }: CompareOptions,
  { seq, seen }: { seq: number; seen: ReadonlyMap<string, number> },
): Promise<void> {
  const kept = new Set<string>();
  const keyOf = (here: Stored) => `${here.id} ${String(here['writtenAt'])}`;
  // The person may write at any moment. What was written after it was looked at is kept in a further round.
  for (;;) {
    const all = (await collection.find().exec()).map((each) => each.toJSON() as Stored);
    const gone = all.filter((here) => !seen.has(here.id) && !(isUnsent(here) && !here.base));
    if (gone.length === 0) return;
    const written = gone.flatMap((here) => (here.base ? [{ mine: toWire(here), base: here.base }] : []));
    await keepRestored(
      refusals,
      written.map((write) => offer(name, write, { groupOf, at: now() })),
    );
    for (const here of gone) kept.add(keyOf(here));
    const rows = gone.map(({ id }): Pulled => ({ id, seq, _deleted: true }));
    await putRows(collection, rows, (here, row) =>
      here && kept.has(keyOf(here)) ? tombstone(here, row) : null,
    );
  }
}

function offer(
  collectionName: string,
  { mine, base }: Pick<SentWrite, 'mine' | 'base'>,
  { groupOf, at }: Pick<CompareOptions, 'groupOf'> & { at: number },
) {
  return { collectionName, document: mine.id, group: groupOf(mine), mine, base, at };
}

/** A write as it may be remembered after it erased something: earlier values are kept only of the fields it changed. */
export function withoutErased(
  { mine, base }: Pick<SentWrite, 'mine' | 'base'>,
  serverDocument: Pulled,
): Pick<SentWrite, 'mine' | 'base'> {
  const now = toWire(serverDocument);
  if (!base) return { mine: now, base };
  const written = writtenFields(mine, base);
  return { mine: now, base: { ...now, ...Object.fromEntries(written.map((field) => [field, base[field]])) } };
}
