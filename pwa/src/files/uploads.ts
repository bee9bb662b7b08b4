import { shallowRef } from 'vue';
import { backoff } from '#shared/engine/backoff.ts';
import type { FileDocument } from '#shared/files/schema.ts';
import type { Replica } from '#sync/client/store.ts';
import { keptTexts } from '#sync/client/reset.ts';
import { dropBytes, keptBytes } from './file-bytes.ts';
import type { Documents } from '#shared/collections.ts';

/*
 * Uploads the bytes of announced files, chunk by chunk, once the announcement is accepted and there is a network.
 * Chunks that the server already has are not sent again. Only one of several tabs uploads (a Web Lock).
 */

/** Ids of files whose bytes are on this device but not on the server yet, with the share sent so far (0 to 1). */
export const uploads = shallowRef<ReadonlyMap<string, number>>(new Map());

const chunkSize = 1024 * 1024;
const firstWaitMs = 5_000;
const longestWaitMs = 60_000;

/** Keeps the bytes if another file, a draft, or a refused write that may be sent again still needs them. */
async function dropUnlessNeeded(replica: Replica<Documents>, person: string, sha256: string): Promise<void> {
  const other = await replica.collection('files').findOne({ selector: { sha256 } }).exec();
  if (other) return;
  const { refusals, drafts } = await keptTexts(replica);
  if (!JSON.stringify([refusals, drafts]).includes(sha256)) await dropBytes(person, sha256);
}

type UploadCallbacks = {
  /** Gets the name of a file that the server refuses for good. */
  refused: (fileName: string) => void;
  /** Gets an error that comes neither from the network nor from the server. */
  failed: (error: unknown) => void;
};

/** Uploads pending files until stopped. @returns a function that stops it */
export function startUploads(
  replica: Replica<Documents>,
  person: string,
  callbacks: UploadCallbacks,
): () => void {
  const ended = new AbortController();
  let running = false;
  let again = false;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const setProgress = (id: string, share: number | null) => {
    const next = new Map(uploads.value);
    if (share === null) next.delete(id);
    else next.set(id, share);
    uploads.value = next;
  };

  /** Schedules another try for unsent files. The wait grows until some progress is made. */
  const scheduleRetry = () => {
    clearTimeout(timer);
    if (ended.signal.aborted) return;
    if (uploads.value.size === 0) return void (attempt = 0);
    timer = setTimeout(
      () => void uploadPending(),
      backoff({ attempt, first: firstWaitMs, longest: longestWaitMs }),
    );
    attempt += 1;
  };

  const uploadPending = async () => {
    if (running || ended.signal.aborted) return void (again = true);
    running = true;
    try {
      do {
        again = false;
        await navigator.locks.request(`uploads-${person}`, { ifAvailable: true }, async (lock) => {
          const found = await replica
            .collection('files')
            .find({ selector: { state: 'expected' } })
            .exec();
          const expected = found.map((each) => each.toJSON() as FileDocument);
          for (const file of expected) {
            const bytes = await keptBytes(person, file.sha256);
            if (!bytes) continue; // announced by another device
            setProgress(file.id, uploads.value.get(file.id) ?? 0);
            if (!lock || file.seq === 0) continue;
            // A file that cannot be sent now does not hold up the others.
            await send(file, bytes, (share) => setProgress(file.id, share));
          }
          const ids = new Set(expected.map(({ id }) => id));
          for (const id of uploads.value.keys()) if (!ids.has(id)) setProgress(id, null);
        });
      } while (again && !ended.signal.aborted);
      scheduleRetry();
    } catch (error) {
      if (!ended.signal.aborted) callbacks.failed(error);
    } finally {
      running = false;
    }
  };

  /** The response, or null without network. */
  const request = (path: string, init: RequestInit = {}) =>
    fetch(path, { ...init, signal: ended.signal }).catch(() => null);

  /** Uploads one file. If the server fails midway, the next try continues from there. */
  const send = async (file: FileDocument, bytes: Blob, progress: (share: number | null) => void) => {
    const response = await request(`/files/${file.id}/chunks`);
    if (response?.status === 404) return progress(null);
    if (!response?.ok) return; // signed out, or no server: stays pending
    type ChunkStatus = { state: FileDocument['state']; have: number[] };
    const known = (await response.json().catch(() => null)) as ChunkStatus | null; // null: the response was cut off
    if (!known) return;
    const { state, have } = known;
    const count = Math.ceil(file.size / chunkSize);
    let sent = have.length;
    for (let n = 0; n < count && state === 'expected'; n += 1) {
      // Resend the last chunk even if all are there: it makes the server check the whole file.
      if (have.includes(n) && !(n === count - 1 && have.length === count)) continue;
      const answer = await request(`/files/${file.id}/${n}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes.slice(n * chunkSize, (n + 1) * chunkSize),
      });
      // 400: the server deletes the file, and its sender is notified. Any other failure is retried.
      if (answer?.status === 400) callbacks.refused(file.fileName);
      if (answer?.status === 400 || answer?.status === 404) break;
      if (!answer?.ok) return;
      sent += 1;
      attempt = 0;
      progress(sent / count);
    }
    progress(null);
  };

  const subscription = replica
    .collection('files')
    .find({ selector: { state: 'expected' } })
    .$.subscribe(() => void uploadPending());
  const removed = replica.collection('files').$.subscribe(({ operation, documentData }) => {
    if (operation !== 'DELETE') return;
    const { sha256, state } = documentData as unknown as FileDocument;
    // Bytes that the server does not have yet exist only here.
    if (state !== 'expected') void dropUnlessNeeded(replica, person, sha256).catch(() => undefined);
  });
  const online = () => {
    attempt = 0;
    void uploadPending();
  };
  window.addEventListener('online', online);
  return () => {
    ended.abort();
    subscription.unsubscribe();
    removed.unsubscribe();
    clearTimeout(timer);
    window.removeEventListener('online', online);
    uploads.value = new Map();
  };
}
