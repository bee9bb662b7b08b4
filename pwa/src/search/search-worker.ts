/// <reference lib="webworker" />
import { storageNameOf } from '#shared/engine/collection.ts';
import type { Fields } from '#shared/collections.ts';
import { loadIndex, saveIndex } from './kept-index.ts';
import { readStored } from './read-stored.ts';
import { openIndex, type SearchIndex } from './search-index.ts';
import { searchedCollections, type Searched } from './searchable.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/*
 * Holds the search index of one replica, away from the thread that draws the page. It reads the replica's databases itself:
 * first the index that was kept, then whatever differs from it.
 */

declare const self: DedicatedWorkerGlobalScope;
const tell = (message: FromWorker) => self.postMessage(message);

let index: SearchIndex = openIndex();
let database = '';
/** What changed on the page while the databases are read is applied afterwards. */
let pending: { collection: Searched; documents: Fields[] }[] | null = [];
let saving: ReturnType<typeof setTimeout> | undefined;
/** Saving takes some hundred milliseconds of this thread for a large replica. */
const saveDelayMs = 20_000;
const mostHits = 50;

function saveLater(): void {
  saving ??= setTimeout(() => {
    saving = undefined;
    void saveIndex(database, index.save());
  }, saveDelayMs);
}

async function open(name: string): Promise<void> {
  database = name;
  const saved = await loadIndex(name);
  if (saved !== undefined) {
    index = openIndex(saved);
    tell({ type: 'ready', size: index.size(), isWhole: false });
  }
  let changed = false;
  for (const collection of searchedCollections) {
    const ids = new Set<string>();
    await readStored(name, storageNameOf({ name: collection }), (documents) => {
      for (const { id } of documents) ids.add(id);
      if (index.put(collection, documents)) changed = true;
    });
    if (index.keepOnly(collection, ids)) changed = true;
  }
  for (const { collection, documents } of pending ?? []) if (index.put(collection, documents)) changed = true;
  pending = null;
  tell({ type: 'ready', size: index.size(), isWhole: true });
  if (changed) void saveIndex(name, index.save());
}

self.onmessage = ({ data }: MessageEvent<ToWorker>) => {
  if (data.type === 'open')
    void open(data.database).catch((error: unknown) => tell({ type: 'failed', message: String(error) }));
  if (data.type === 'changed') {
    if (pending) pending.push(data);
    else if (index.put(data.collection, data.documents)) saveLater();
  }
  if (data.type === 'search')
    tell({ type: 'found', number: data.number, hits: index.search(data.text, mostHits, Date.now()) });
};
