import type { Collection, Fields } from '#shared/engine/collection.ts';
import { mostPushed, type PushedRow, type PushResponse, type Refusal } from '../protocol.ts';
import { requestError } from './api-client.ts';
import type { Requests } from './requests.ts';

/**
 * What is sent of a document: as its writer had seen it (null: it is new), and as it is now; `latest`: a new one that
 * was changed since, which goes as a change after it.
 */
export type Row = { base: Fields | null; next: Fields; latest?: Fields };

/** Of documents refused on this side the server said nothing: their masters are what was last known of them. */
export type Answer = PushResponse & { refusedHere: string[] };

/** A request's body stays well below the server's limit of 1 MiB. */
const mostBodyCharacters = 500_000;
/** Rows of a request: a push that is broken off has little to send again. */
const mostRows = Math.min(50, mostPushed);

/** Rows in portions of one request each. */
export function* batchesOf(rows: readonly Row[]): Generator<Row[]> {
  let batch: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const { length } = JSON.stringify(row);
    if (batch.length > 0 && (batch.length >= mostRows || size + length > mostBodyCharacters)) {
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
 * Sends rows and returns the server's answer to all of them. Throws only where sending again can help: no network,
 * a fault of the server (5xx), signed out (401), too many requests (429), a change of rights. Any other 4xx is about
 * one of the documents: the batch is halved down to that one, which becomes a refusal, so that nothing stands behind
 * it for ever.
 */
export async function pushRows(
  requests: Requests,
  collection: Collection,
  rows: readonly Row[],
): Promise<Answer> {
  try {
    const sent = rows.map((row) => withoutDerived(collection, row));
    return { ...(await requests.push(collection.name, sent)), refusedHere: [] };
  } catch (error) {
    const { status, code } = requestError(error);
    const aboutRows = status !== null && status >= 400 && status < 500 && status !== 401 && status !== 429;
    // Under other rights, or over, the whole replica is at stake; no document of it is at fault.
    if (!aboutRows || code === 'access-changed' || code === 'account-disabled') throw error;
    const [only] = rows;
    if (rows.length === 1 && only) return refusedHere(only, status === 413 ? 'too-large' : code);
    const half = Math.ceil(rows.length / 2);
    const first = await pushRows(requests, collection, rows.slice(0, half));
    const second = await pushRows(requests, collection, rows.slice(half));
    return {
      documents: [...first.documents, ...second.documents],
      refusals: [...first.refusals, ...second.refusals],
      refusedHere: [...first.refusedHere, ...second.refusedHere],
    };
  }
}

function refusedHere({ base, next }: Row, code: string | null): Answer {
  const refusal: Refusal = { id: next.id, code: code ?? 'bad-request', field: null, detail: null };
  const serverDocument = { ...(base ?? next), _deleted: base === null };
  return { documents: [serverDocument], refusals: [refusal], refusedHere: [next.id] };
}

/** What the server sets is left out of a new document; of a changed one it is not compared. */
function withoutDerived({ derived }: Collection, { base, next }: Row): PushedRow {
  if (base) return { base, next };
  const kept = Object.entries(next).filter(([field]) => !derived.includes(field));
  return { base: null, next: Object.fromEntries(kept) };
}
