import type { Collection, Fields } from '#shared/engine/collection.ts';
import { mostPushed, type PushedRow, type PushResponse, type Refusal } from '../protocol.ts';
import { isAboutReplica, requestError } from './api-client.ts';
import type { History, Requests } from './requests.ts';

/**
 * The unsent write of a document. `base`: the document as its writer saw it, or null if it is new. `next`: the document
 * to send. `latest`: the current state of a new document that was changed since; it is sent afterwards, as a change.
 */
export type Row = { base: Fields | null; next: Fields; latest?: Fields };

/**
 * `refusedLocally`: ids of documents that the replica refused itself, because the server rejected the whole request.
 * In `documents` they have the last known state of the server's document.
 */
export type PushResult = Omit<PushResponse, 'generation'> & {
  refusedLocally: string[];
  /** The server's history. Missing if every row was refused locally. */
  generation?: string | undefined;
};

/** Keeps the body of a request well below the server's limit of 1 MiB. */
const maxBodyCharacters = 500_000;
/** Rows per request. It is small, so that little must be sent again after an interrupted push. */
const maxRows = Math.min(50, mostPushed);

/** Splits rows into batches of one request each. */
export function* batchesOf(rows: readonly Row[]): Generator<Row[]> {
  let batch: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const { length } = JSON.stringify(row);
    if (batch.length > 0 && (batch.length >= maxRows || size + length > maxBodyCharacters)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(row);
    size += length;
  }
  if (batch.length > 0) yield batch;
}

/**
 * Sends rows and returns the server's response for all of them. Any 4xx other than those under `@throws` is caused by
 * one of the documents. The batch is then halved until that document is found. It becomes a refusal, so that it does not
 * block the others forever.
 *
 * @param generation the history that the bases of the rows belong to
 * @throws if a retry can help: no network, a fault of the server (5xx), signed out (401), too many requests (429), or a
 * change of rights
 */
export async function pushRows(
  requests: Requests,
  { collection, ...history }: { collection: Collection } & History,
  rows: readonly Row[],
): Promise<PushResult> {
  try {
    const sent = rows.map((row) => withoutDerived(collection, row));
    return { ...(await requests.push(collection.name, sent, history)), refusedLocally: [] };
  } catch (error) {
    const { status, code } = requestError(error);
    const aboutRows = status !== null && status >= 400 && status < 500 && status !== 401 && status !== 429;
    if (!aboutRows || isAboutReplica(code)) throw error;
    const [only] = rows;
    if (rows.length === 1 && only) return refuseLocally(only, status === 413 ? 'too-large' : code);
    const half = Math.ceil(rows.length / 2);
    const first = await pushRows(requests, { collection, ...history }, rows.slice(0, half));
    const second = await pushRows(requests, { collection, ...history }, rows.slice(half));
    return {
      documents: [...first.documents, ...second.documents],
      refusals: [...first.refusals, ...second.refusals],
      refusedLocally: [...first.refusedLocally, ...second.refusedLocally],
      generation: first.generation ?? second.generation,
    };
  }
}

function refuseLocally({ base, next }: Row, code: string | null): PushResult {
  const refusal: Refusal = { id: next.id, code: code ?? 'bad-request', field: null, detail: null };
  const serverDocument = { ...(base ?? next), _deleted: base === null };
  return { documents: [serverDocument], refusals: [refusal], refusedLocally: [next.id] };
}

/** Leaves derived fields out of a new document. In a changed document they do no harm, because the server ignores them. */
function withoutDerived({ derived }: Collection, { base, next }: Row): PushedRow {
  if (base) return { base, next };
  const kept = Object.entries(next).filter(([field]) => !derived.includes(field));
  return { base: null, next: Object.fromEntries(kept) };
}
