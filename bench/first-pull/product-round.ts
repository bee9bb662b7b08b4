import type { Page } from '@playwright/test';
import { newestOpen } from './inbox-documents.ts';
import type { InboxServer } from './inbox-server.ts';
import { onNewDevice } from './device.ts';
import type { Place } from './endings.ts';
import { watchPage } from './watch-page.ts';

export type ProductRound = {
  docsPerSecond: number;
  /** Milliseconds from the answer to the sign-in until the newest open tickets fill the list. */
  shownMs: number;
  rows: number;
  /** Of the main thread, from the answer to the sign-in until everything is here; 0: none of more than 50 ms. */
  longestTaskMs: number;
  tasksOver100Ms: number;
  heapBytes: number;
  diskBytes: number;
  syncRequests: number;
  syncBytes: number;
};

/** More rows than any window of the bench has. */
const mostRows = 100;
/** A first pull that takes longer is a failure: 100,000 tickets at 300 a second. */
const backoffMs = 330_000;

/** Signs in on a new device through the real pages and waits until every ticket is on it. */
export function productRound(desk: InboxServer, place: Place): Promise<ProductRound> {
  return onNewDevice(place, async ({ context, page, heapBytes, close }) => {
    await context.addInitScript(watchPage, newestOpen(desk.tickets, mostRows));
    await page.goto(`${desk.url}/sign-in`);
    // While somebody types, the service worker stores the app.
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.getByLabel('Username or e-mail').fill(desk.login);
    await page.getByLabel('Password').fill(desk.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/tickets');
    const wait = { timeout: backoffMs, polling: 100 };
    await page.waitForFunction(() => window.benchSeen.loaded !== null, null, wait);
    const late = await waitForAll(page, desk.tickets.length);
    await page.waitForFunction(() => window.benchSeen.shown !== null, null, { timeout: 30_000 });
    const seen = await page.evaluate(() => window.benchSeen);
    const { signedIn, firstSync, loaded, shown, rows } = seen;
    if (signedIn === null || firstSync === null || loaded === null || shown === null)
      throw new Error(`a step of the first pull was not seen: ${JSON.stringify({ ...seen, syncs: [] })}`);
    const end = Math.max(loaded, late ?? 0);
    const tasks = seen.longTasks
      .filter(({ start, ms }) => start + ms > signedIn && start < end)
      .map(({ ms }) => ms);
    const syncs = seen.syncs.filter(({ sentAt }) => sentAt <= end);
    const heap = await heapBytes();
    return {
      docsPerSecond: (desk.tickets.length / (end - firstSync)) * 1_000,
      shownMs: shown - signedIn,
      rows,
      longestTaskMs: Math.max(0, ...tasks),
      tasksOver100Ms: tasks.filter((ms) => ms > 100).length,
      heapBytes: heap,
      diskBytes: await close(),
      syncRequests: syncs.length,
      syncBytes: syncs.reduce((sum, { bytes }) => sum + bytes, 0),
    };
  });
}

/**
 * The app says that the first pull ended: believed only when every ticket is in IndexedDB.
 *
 * @returns null when they were, otherwise when they came to be, by the page's clock
 */
async function waitForAll(page: Page, count: number): Promise<number | null> {
  const end = Date.now() + backoffMs;
  for (let first = true; ; first = false) {
    const { stored, at } = await page.evaluate(countStored);
    if (stored === count) return first ? null : at;
    if (stored > count || Date.now() > end)
      throw new Error(`${stored} of ${count} tickets are on the device`);
    await page.waitForTimeout(100);
  }
}

/** Counts the tickets in the browser's own database; it runs in the page. */
async function countStored(): Promise<{ stored: number; at: number }> {
  const databases = await indexedDB.databases();
  const name = databases.find((each) => /--tickets$/.test(each.name ?? ''))?.name;
  if (!name) throw new Error('no database of tickets is on the device');
  const answer = <T>(request: IDBRequest<T>) =>
    new Promise<T>((done, failed) => {
      request.onsuccess = () => done(request.result);
      request.onerror = () => failed(request.error ?? new Error('IndexedDB failed'));
    });
  const database = await answer(indexedDB.open(name));
  const stored = await answer(database.transaction('docs').objectStore('docs').count());
  database.close();
  return { stored, at: performance.now() };
}
