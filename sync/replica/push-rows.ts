import { collectionOf, type CollectionName, type Fields } from '#shared/collections/collections.ts';
import { errorCodes, type ErrorCode } from '#shared/errors.ts';
import { mostPushed, type Pulled, type PushedRow, type PushResponse, type Refusal } from '../wire.ts';
import { requestError, type Api } from './api-client.ts';

export type Row = { assumed: Pulled | null; next: Pulled };

type Target = {
  api: Api;
  collection: CollectionName;
  person: string;
  epoch: number;
  device: string;
  now: () => number;
};

/** A request's body stays well below the server's limit of 1 MiB. */
const mostBodyCharacters = 500_000;

/**
 * Sends rows and returns the server's answer to all of them. Throws only where sending again can help: no network,
 * a fault of the server (5xx), signed out (401), too many requests (429), a change of rights. Any other 4xx is about one of the documents:
 * the batch is halved down to that one, which becomes a refusal, so that nothing stands behind it for ever.
 */
export async function pushRows(target: Target, rows: readonly Row[]): Promise<PushResponse> {
  const answers: PushResponse[] = [];
  for (const batch of batches(rows)) answers.push(await pushBatch(target, batch));
  return {
    masters: answers.flatMap(({ masters }) => masters),
    refusals: answers.flatMap(({ refusals }) => refusals),
  };
}

async function pushBatch(target: Target, rows: readonly Row[]): Promise<PushResponse> {
  const { api, collection, person, epoch, device, now } = target;
  const sent = rows.map((row): PushedRow => withoutUnseen(collection, row));
  try {
    return await api.sync.push.mutate({ collection, person, epoch, device, deviceNow: now(), rows: sent });
  } catch (error) {
    const { status, code } = requestError(error);
    const aboutRows = status !== null && status >= 400 && status < 500 && status !== 401 && status !== 429;
    // Under other rights the whole replica is made anew; no document of it is at fault.
    if (!aboutRows || code === 'access-changed') throw error;
    const [only] = rows;
    if (rows.length === 1 && only) return refusedHere(only, status === 413 ? 'too-large' : code);
    const half = Math.ceil(rows.length / 2);
    const first = await pushBatch(target, rows.slice(0, half));
    const second = await pushBatch(target, rows.slice(half));
    return {
      masters: [...first.masters, ...second.masters],
      refusals: [...first.refusals, ...second.refusals],
    };
  }
}

function refusedHere({ assumed, next }: Row, code: string | null): PushResponse {
  const refusal: Refusal = { id: next.id, code: knownCode(code), field: null, detail: null };
  return { masters: [assumed ?? { ...next, _deleted: true }], refusals: [refusal] };
}

function knownCode(code: string | null): ErrorCode {
  return errorCodes.find((known) => known === code) ?? 'bad-request';
}

/** What the server sets is left out of a new document; of a changed one it is not compared. */
function withoutUnseen(collection: CollectionName, { assumed, next }: Row): PushedRow {
  if (assumed) return { assumed, next };
  const { stamped } = collectionOf(collection);
  const kept = Object.entries(next).filter(([field]) => !stamped.includes(field));
  return { assumed: null, next: Object.fromEntries(kept) };
}

function* batches(rows: readonly Row[]): Generator<Row[]> {
  let batch: Row[] = [];
  let size = 0;
  for (const row of rows) {
    const length = JSON.stringify(row).length;
    if (batch.length > 0 && (batch.length >= mostPushed || size + length > mostBodyCharacters)) {
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
 * What the server is known to hold of documents that were edited again while their push was under way. RxDB then keeps
 * the older base (its write of the server's row meets the newer local one), and a second push would look like a change
 * made against a stale row. The base of such a row is what was sent before.
 */
export function createBases(): {
  baseOf: (id: string, assumed: Pulled | null) => Pulled | null;
  accepted: (row: Row) => void;
} {
  const sent = new Map<string, { assumedSeq: unknown; next: Pulled }>();
  const seqOf = (document: Pulled | null) => document?.['seq'] ?? null;
  return {
    baseOf(id, assumed) {
      const known = sent.get(id);
      if (known && known.assumedSeq === seqOf(assumed)) return known.next;
      sent.delete(id);
      return assumed;
    },
    accepted({ assumed, next }) {
      const before = sent.get(next.id);
      const assumedSeq = before && before.next === assumed ? before.assumedSeq : seqOf(assumed);
      sent.set(next.id, { assumedSeq, next });
      if (sent.size > 1_000) sent.delete([...sent.keys()][0] ?? '');
    },
  };
}

/** Two states of a document are the same. Accepted ones are told apart by their seq alone. */
export function sameState(a: Fields, b: Fields): boolean {
  if (a['seq'] !== b['seq'] || a['_deleted'] !== b['_deleted']) return false;
  return a['seq'] !== 0 || JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
}

function sorted(document: Fields): [string, unknown][] {
  return Object.entries(document).sort(([a], [b]) => (a < b ? -1 : 1));
}
