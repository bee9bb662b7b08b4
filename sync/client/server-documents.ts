import type { BulkWriteRow, RxCollection, RxDocumentData } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';
import type { Pulled } from '../protocol.ts';

/** A document as it stands in the replica; where it waits to be sent with what `unsent` adds. */
export type Stored = Fields & { _deleted: boolean; unsent?: 1; base?: Fields | null; created?: Fields };

/** Written by the server's word; other writes to the replica are its person's. */
export const fromServer = 'from-server';

/** True for a document whose last write is its person's and not accepted yet. */
export function isUnsent(here: Stored): boolean {
  return here.unsent === 1 && !here._deleted;
}

/**
 * What a document has in the replica while its person's write waits to be sent: seq 0, a mark by which it is found,
 * and how the server had it before (null: it is new). All in the document itself: one write makes it so.
 */
export function unsent(before: Fields | null) {
  return { seq: 0, unsent: 1 as const, base: before };
}

/**
 * The same for a change: what waits already keeps its base; else the server's own state is the base. A new document
 * keeps how it was created: the server is told of both, as it is when both are sent as they are made (a ticket that
 * was opened and closed is no ticket that was opened closed).
 */
export function changed(document: Stored): object {
  if (!isUnsent(document)) return unsent(travelling(document));
  if (document.base) return unsent(document.base);
  return { ...unsent(null), created: document.created ?? travelling(document) };
}

/** What only the replica needs of a document. */
const local = new Set(['unsent', 'base', 'created', '_meta', '_rev', '_attachments', '_deleted']);

/** A document as it travels. */
export function travelling(here: Fields): Fields {
  const fields = Object.entries(here).filter(([field]) => !local.has(field));
  return { ...Object.fromEntries(fields), id: here.id };
}

/**
 * Writes rows of the server into the replica. Another tab may write at the same moment: each row is decided on what
 * stands there at the very write, again where that changed between.
 *
 * @param resolve what is to stand there, or null to leave it as it is
 */
export async function putRows(
  collection: RxCollection<Fields>,
  rows: readonly Pulled[],
  resolve: (here: Stored | undefined, row: Pulled) => (Fields & { _deleted: boolean }) | null,
): Promise<void> {
  let left = rows;
  while (left.length > 0) {
    const found = await collection.storageInstance.findDocumentsById(
      left.map(({ id }) => id),
      true,
    );
    const here = new Map(found.map((document) => [document.id, document]));
    const writes = left.flatMap((row): BulkWriteRow<Fields>[] => {
      const previous = here.get(row.id);
      const document = resolve(previous, row);
      return document ? [asWrite(document, previous)] : [];
    });
    if (writes.length === 0) return;
    const again = new Set(await write(collection, writes));
    left = left.filter(({ id }) => again.has(id));
  }
}

/** The same for rows of which most are new here: they are put in without a look at what stands there. */
export async function putNewRows(collection: RxCollection<Fields>, rows: readonly Pulled[]): Promise<void> {
  const current = new Set(
    await write(
      collection,
      rows.map((row) => asWrite(row, undefined)),
    ),
  );
  await putRows(
    collection,
    rows.filter(({ id }) => current.has(id)),
    pulled,
  );
}

/** What a pulled row does: nothing to a document that waits to be sent, or that is newer here already. */
export function pulled(here: Stored | undefined, row: Pulled): (Fields & { _deleted: boolean }) | null {
  if (!here) return row._deleted ? null : row;
  if (isUnsent(here) || Number(here['seq']) > Number(row['seq'])) return null;
  return row._deleted ? gone(here, row) : row;
}

/** A document that is no more keeps its fields: the indexes of the replica need them. */
export function gone(here: Stored, row: Pulled): Fields & { _deleted: boolean } {
  return { ...travelling(here), ...row };
}

/** @returns the ids of documents that stood otherwise than `previous` said */
async function write(collection: RxCollection<Fields>, writes: BulkWriteRow<Fields>[]): Promise<string[]> {
  if (writes.length === 0) return [];
  const { error } = await collection.storageInstance.bulkWrite(writes, fromServer);
  const fault = error.find(({ status }) => status !== 409);
  if (fault) throw new Error(`the replica could not store a document: ${fault.status}`);
  return error.map(({ documentId }) => documentId);
}

function asWrite(
  document: Fields & { _deleted: boolean },
  previous: Stored | undefined,
): BulkWriteRow<Fields> {
  // RxDB's own fields: revision and time are set by its storage.
  const whole = { ...document, _attachments: {}, _rev: '', _meta: { lwt: 1 } } as RxDocumentData<Fields>;
  return previous ? { previous: previous as RxDocumentData<Fields>, document: whole } : { document: whole };
}
