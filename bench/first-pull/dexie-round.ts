import { fileURLToPath } from 'node:url';
import type { Dexie } from 'dexie';
import type { InboxServer } from '../inbox/inbox-server.ts';
import { onNewDevice } from '../inbox/device.ts';
import type { BenchPlace } from '../inbox/endings.ts';

/** The upper bound: the speed of the same tickets over the same tRPC pull when Dexie only stores them. */
export type DexieRound = { docsPerSecond: number; longestTaskMs: number };

/** Dexie's indexes beside the primary key. */
export type DexieIndexes = 'none' | 'of the list';

/** Documents per request and per bulkPut. */
const batch = 500;
/** Dexie's own build for script tags, which sets the global `Dexie`, so nothing needs bundling. */
const dexie = fileURLToPath(import.meta.resolve('dexie/dist/dexie.min.js'));

export function dexieRound(
  inbox: InboxServer,
  place: BenchPlace,
  indexes: DexieIndexes,
): Promise<DexieRound> {
  return onNewDevice(place, async ({ context, page }) => {
    await context.addInitScript({ path: dexie });
    await page.goto(`${inbox.url}/health`); // a page of the same origin without the app
    const { login, password } = inbox;
    const schema = indexes === 'none' ? 'id' : 'id, recent, [status+recent]';
    const { stored, ms, longestTaskMs } = await page.evaluate(pullIntoDexie, {
      login,
      password,
      schema,
      batch,
    });
    if (stored !== inbox.tickets.length) throw new Error(`Dexie stored ${stored} of ${inbox.tickets.length}`);
    return { docsPerSecond: (stored / ms) * 1_000, longestTaskMs };
  });
}

/** Runs as text in the browser, so it can use nothing from this file. */
async function pullIntoDexie(options: { login: string; password: string; schema: string; batch: number }) {
  type Page = { documents: { id: string }[]; checkpoint: { seq: number } };
  const { login, password, schema, batch } = options;
  const { Dexie: Database } = window as unknown as { Dexie: typeof Dexie };
  const longTasks: number[] = [];
  new PerformanceObserver((list) => {
    longTasks.push(...list.getEntries().map(({ duration }) => duration));
  }).observe({ type: 'longtask' });

  const signedIn = await fetch('/api/trpc/account.signIn', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password, device: 'bench' }),
  });
  const me = ((await signedIn.json()) as { result: { data: { id: string; epoch: number } } }).result.data;
  const database = new Database('plain');
  database.version(1).stores({ tickets: schema });
  await database.open();
  const table = database.table('tickets');

  const start = performance.now();
  let since = 0;
  for (;;) {
    const input = { collection: 'tickets', person: me.id, epoch: me.epoch, since, limit: batch };
    const response = await fetch(`/api/trpc/sync.pull?input=${encodeURIComponent(JSON.stringify(input))}`);
    const { documents, checkpoint } = ((await response.json()) as { result: { data: Page } }).result.data;
    if (documents.length > 0) await table.bulkPut(documents);
    if (documents.length < batch) break;
    since = checkpoint.seq;
  }
  const ms = performance.now() - start;
  await new Promise((soon) => setTimeout(soon, 100)); // long tasks are reported a little later
  return { stored: await table.count(), ms, longestTaskMs: Math.max(0, ...longTasks) };
}
