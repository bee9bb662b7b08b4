import { ref, shallowRef, watch } from 'vue';
import type { Fields } from '#shared/collections.ts';
import { databaseName, replica } from '../replica/replica.ts';
import { useSession } from '../session/session.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import type { Hit } from './search-index.ts';
import { searchedCollections } from './searchable.ts';

/** True once something can be found. On a device that was used before, that is at once. */
export const isSearchReady = ref(false);
/** Why nothing can be searched on this device; null: it works. */
export const searchFailure = shallowRef<string | null>(null);

let worker: Worker | null = null;
let asked = 0;
const waiting = new Map<number, (hits: Hit[]) => void>();

/** Shows in the browser's developer tools how long it took. Only the latest of each name is kept. */
function measure(name: string, start: number): void {
  performance.clearMeasures(name);
  performance.measure(name, { start });
}

/** Searches everything that the replica holds: the best hits first. Before the index is ready, there are none. */
export function search(text: string): Promise<Hit[]> {
  const opened = worker;
  if (!opened || text.trim() === '') return Promise.resolve([]);
  const number = (asked += 1);
  const start = performance.now();
  return new Promise((resolve) => {
    waiting.set(number, (hits) => {
      measure('search', start);
      resolve(hits);
    });
    opened.postMessage({ type: 'search', number, text } satisfies ToWorker);
  });
}

/** Keeps an index of the open replica in a worker, as long as it is open. Call it once. */
export function startSearch(): void {
  const session = useSession();
  watch(
    replica,
    (opened, _before, onCleanup) => {
      const { me } = session;
      if (!opened || !me) return;
      const started = new Worker(new URL('./search-worker.ts', import.meta.url), { type: 'module' });
      worker = started;
      const startedAt = performance.now();
      const tell = (message: ToWorker) => started.postMessage(message);
      started.onmessage = ({ data }: MessageEvent<FromWorker>) => {
        if (data.type === 'ready') {
          isSearchReady.value = true;
          measure(data.isWhole ? 'search-whole' : 'search-ready', startedAt);
        }
        if (data.type === 'failed') searchFailure.value = data.message;
        if (data.type !== 'found') return;
        waiting.get(data.number)?.(data.hits);
        waiting.delete(data.number);
      };
      started.onerror = ({ message }) => (searchFailure.value = message);
      const subscriptions = searchedCollections
        .filter((name) => opened.has(name))
        .map((name) =>
          opened.collection(name).eventBulks$.subscribe(({ events, isLocal }) => {
            if (isLocal) return;
            const documents = events.map(({ documentData }) => documentData as unknown as Fields); // of this collection
            tell({ type: 'changed', collection: name, documents });
          }),
        );
      tell({ type: 'open', database: databaseName(me) });
      onCleanup(() => {
        for (const subscription of subscriptions) subscription.unsubscribe();
        started.terminate();
        worker = null;
        isSearchReady.value = false;
        for (const resolve of waiting.values()) resolve([]);
        waiting.clear();
      });
    },
    { immediate: true },
  );
}
