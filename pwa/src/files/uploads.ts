import { shallowRef } from 'vue';
import { backoff } from '#shared/engine/backoff.ts';
import type { FileDocument } from '#shared/files/schema.ts';
import type { Replica } from '#sync/client/store.ts';
import { gatherKept } from '#sync/client/reset.ts';
import { dropBytes, keptBytes } from './file-bytes.ts';
import type { Documents } from '#shared/collections.ts';

/*
 * Sends the bytes of announced files, chunk by chunk, when the announcement is accepted and there is a network. What
 * the server has already is not sent again. Of several tabs one sends (a lock of the browser).
 */

/** Ids of files whose bytes are on this device and not at the server yet, with the share that is sent (0 to 1). */
export const uploads = shallowRef<ReadonlyMap<string, number>>(new Map());

const chunkSize = 1024 * 1024;
const firstWaitMs = 5_000;
const longestWaitMs = 60_000;

/** The same bytes may belong to another file, to a draft, or to what was refused and may be sent again. */
async function dropUnlessNeeded(replica: Replica<Documents>, person: string, sha256: string): Promise<void> {
  const other = await replica.collection('files').findOne({ selector: { sha256 } }).exec();
  if (other) return;
  const kept = await gatherKept(replica, [], Date.now());
  if (!JSON.stringify(kept).includes(sha256)) await dropBytes(person, sha256);
}

type Told = {
  /** The name of a file that the server does not take, whatever is tried. */
  refused: (fileName: string) => void;
  /** An error that is none of the network or the server. */
  failed: (error: unknown) => void;
};

/** @returns what stops it */
export function startUploads(replica: Replica<Documents>, person: string, told: Told): () => void {
  const ended = new AbortController();
  let running = false;
  let again = false;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const say = (id: string, share: number | null) => {
    const next = new Map(uploads.value);
    if (share === null) next.delete(id);
    else next.set(id, share);
    uploads.value = next;
  };

  /** What is not sent yet is looked at again; each time after a longer wait, until some of it was sent. */
  const lookLater = () => {
    clearTimeout(timer);
    if (ended.signal.aborted) return;
    if (uploads.value.size === 0) return void (attempt = 0);
    timer = setTimeout(() => void look(), backoff({ attempt, first: firstWaitMs, longest: longestWaitMs }));
    attempt += 1;
  };

  const look = async () => {
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
            say(file.id, uploads.value.get(file.id) ?? 0);
            if (!lock || file.seq === 0) continue;
            // One that can't be sent now is no reason for the others to wait.
            await send(file, bytes, (share) => say(file.id, share));
          }
          const ids = new Set(expected.map(({ id }) => id));
          for (const id of uploads.value.keys()) if (!ids.has(id)) say(id, null);
        });
      } while (again && !ended.signal.aborted);
      lookLater();
    } catch (error) {
      if (!ended.signal.aborted) told.failed(error);
    } finally {
      running = false;
    }
  };

  /** The answer; null: there is no network. */
  const request = (path: string, init: RequestInit = {}) =>
    fetch(path, { ...init, signal: ended.signal }).catch(() => null);

  /** Where the server does not answer well, the next look goes on from there. */
  const send = async (file: FileDocument, bytes: Blob, progress: (share: number | null) => void) => {
    const asked = await request(`/files/${file.id}/chunks`);
    if (asked?.status === 404) return progress(null);
    if (!asked?.ok) return; // signed out, or no server: it goes on waiting
    type Known = { state: FileDocument['state']; have: number[] };
    const known = (await asked.json().catch(() => null)) as Known | null; // null: broken off
    if (!known) return;
    const { state, have } = known;
    const count = Math.ceil(file.size / chunkSize);
    let sent = have.length;
    for (let n = 0; n < count && state === 'expected'; n += 1) {
      // All but the last may be there: it is what has the server look at the whole.
      if (have.includes(n) && !(n === count - 1 && have.length === count)) continue;
      const answer = await request(`/files/${file.id}/${n}`, {
        method: 'PUT',
        headers: { 'content-type': 'application/octet-stream' },
        body: bytes.slice(n * chunkSize, (n + 1) * chunkSize),
      });
      // Refused: the server takes the file away, and its sender hears of it. Anything else is tried again.
      if (answer?.status === 400) told.refused(file.fileName);
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
    .$.subscribe(() => void look());
  const removed = replica.collection('files').$.subscribe(({ operation, documentData }) => {
    if (operation !== 'DELETE') return;
    const { sha256, state } = documentData as unknown as FileDocument;
    // What the server has not got is only here.
    if (state !== 'expected') void dropUnlessNeeded(replica, person, sha256).catch(() => undefined);
  });
  const online = () => {
    attempt = 0;
    void look();
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
