import type { BulkWriteRow, RxCollection, RxDocumentData } from 'rxdb/plugins/core';
import type { Fields } from '#shared/engine/collection.ts';
import type { Pulled } from '../protocol.ts';

/** A document in the replica. An unsent one also has the fields that `unsent` adds. */
export type Stored = Fields & {
  _deleted: boolean;
  unsent?: 1;
  base?: Fields | null;
  created?: Fields;
  touched?: string[];
};

/** The RxDB context of writes that come from the server. All other writes are made by the person. */
export const fromServer = 'from-server';

/** True if the document has a write by the person that the server has not accepted yet. */
export function isUnsent(here: Stored): boolean {
  return here.unsent === 1 && !here._deleted;
}

/**
 * The fields of an unsent document in the replica: seq 0, a flag by which it is found, and its base, the server's document
 * before the write (null if it is new). All of them are in the document itself, so one write is enough.
 */
export function unsent(before: Fields | null, touched?: readonly string[]) {
  return { seq: 0, unsent: 1 as const, base: before, ...(touched ? { touched: [...touched] } : {}) };
}

/**
 * The fields of a changed document. An unsent document keeps its base; otherwise the current state is the base. A new
 * document keeps the state in which it was created. The server then gets the creation and the change, as it would have
 * online: a ticket that was opened and then closed differs from one that was created as closed.
 */
export function unsentChange(document: Stored, fields: readonly string[]): object {
  if (!isUnsent(document)) return unsent(toWire(document), fields);
  const touched = [...new Set([...(document.touched ?? []), ...fields])];
  if (document.base) return unsent(document.base, touched);
  return { ...unsent(null, touched), created: document.created ?? toWire(document) };
}

/** Fields that are used only in the replica. */
const localFields = new Set([
  'unsent',
  'base',
  'created',
  'touched',
  '_meta',
  '_rev',
  '_attachments',
  '_deleted',
]);

/** The document without its local fields, as it is sent to the server. */
export function toWire(here: Fields): Fields {
  const fields = Object.entries(here).filter(([field]) => !localFields.has(field));
  return { ...Object.fromEntries(fields), id: here.id };
}

/**
 * Writes rows from the server into the replica. Another tab may write at the same moment, so a row whose document has
 * changed before the write is resolved and written again.
 *
 * @param resolve returns the document to store, or null to leave the current one unchanged
 */
export async function putRows(
  collection: RxCollection<Fields>,
  rows: readonly Pulled[],
  resolve: (here: Stored | undefined, row: Pulled) => (Fields & { _deleted: boolean }) | null,
): Promise<void> {
  let remaining = rows;
  while (remaining.length > 0) {
    const found = await collection.storageInstance.findDocumentsById(
      remaining.map(({ id }) => id),
      true,
    );
    const here = new Map(found.map((document) => [document.id, document]));
    const writes = remaining.flatMap((row): BulkWriteRow<Fields>[] => {
      const previous = here.get(row.id);
      const document = resolve(previous, row);
      return document ? [asWrite(document, previous)] : [];
    });
    if (writes.length === 0) return;
    const conflicts = new Set(await write(collection, writes));
    remaining = remaining.filter(({ id }) => conflicts.has(id));
  }
}

/** Like `putRows`, for rows that are mostly new. They are inserted without a query for existing documents. */
export async function putNewRows(collection: RxCollection<Fields>, rows: readonly Pulled[]): Promise<void> {
  const existing = new Set(
    await write(
      collection,
      rows.map((row) => asWrite(row, undefined)),
    ),
  );
  await putRows(
    collection,
    rows.filter(({ id }) => existing.has(id)),
    resolvePulled,
  );
}

/** The document to store for a pulled row. Null: the replica's document is unsent or newer and stays as it is. */
export function resolvePulled(
  here: Stored | undefined,
  row: Pulled,
): (Fields & { _deleted: boolean }) | null {
  if (!here) return row._deleted ? null : row;
  if (isUnsent(here)) return null;
  // A deleted document comes back with any seq: a restored server counts from a lower one.
  if (!here._deleted && Number(here['seq']) > Number(row['seq'])) return null;
  return row._deleted ? tombstone(here, row) : row;
}

/** As `resolvePulled`. The writer of a document has it already, by the response to the push. */
export function resolveLive(here: Stored | undefined, row: Pulled): (Fields & { _deleted: boolean }) | null {
  const isKnown = here && !here._deleted && !isUnsent(here) && !row._deleted && here['seq'] === row['seq'];
  return isKnown ? null : resolvePulled(here, row);
}

/** A deleted document. It keeps its fields, because the indexes of the replica need them. */
export function tombstone(here: Stored, row: Pulled): Fields & { _deleted: boolean } {
  return { ...toWire(here), ...row };
}

/** Writes documents. @returns the ids of those whose stored document was not the expected `previous` */
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
  // RxDB needs its own fields. Its storage sets the revision and the time.
  const whole = { ...document, _attachments: {}, _rev: '', _meta: { lwt: 1 } } as RxDocumentData<Fields>;
  return previous ? { previous: previous as RxDocumentData<Fields>, document: whole } : { document: whole };
}
