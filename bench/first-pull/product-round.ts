import type { Page } from '@playwright/test';
import { newestOpen } from '../inbox/inbox-documents.ts';
import type { InboxServer } from '../inbox/inbox-server.ts';
import { onNewDevice } from '../inbox/device.ts';
import type { BenchPlace } from '../inbox/endings.ts';
import { watchPage } from './watch-page.ts';

export type ProductRound = {
  docsPerSecond: number;
  /** Milliseconds from the answer to the sign-in until the newest open tickets fill the list. */
  shownMs: number;
  rows: number;
  /**
   * The longest task of the main thread, from the answer to the sign-in until all tickets are stored. 0 means
   * that no task took more than 50 ms.
   */
  longestTaskMs: number;
  tasksOver100Ms: number;
  heapBytes: number;
  diskBytes: number;
  syncRequests: number;
  syncBytes: number;
};

const keyMs = 150;
/** More rows than any window of the bench can show. */
const maxRows = 100;
/** A first pull that takes longer has failed. 100,000 tickets at 300 per second fit. */
const timeoutMs = 330_000;

/** Signs in on a new device through the real pages and waits until every ticket is on it. */
export function productRound(inbox: InboxServer, place: BenchPlace): Promise<ProductRound> {
  return onNewDevice(place, async ({ context, page, heapBytes, close }) => {
    await context.addInitScript(watchPage, newestOpen(inbox.tickets, maxRows));
    await page.goto(`${inbox.url}/sign-in`);
    // As fast as a person types. Meanwhile the service worker stores the app, and the page loads what comes next.
    await page.evaluate(async () => void (await navigator.serviceWorker.ready));
    await page.getByLabel('Username or e-mail').pressSequentially(inbox.login, { delay: keyMs });
    await page.getByLabel('Password').pressSequentially(inbox.password, { delay: keyMs });
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/tickets');
    const wait = { timeout: timeoutMs, polling: 100 };
    await page.waitForFunction(() => window.benchObserved.loaded !== null, null, wait);
    const allStoredAt = await waitForAll(page, inbox.tickets.length);
    await page.waitForFunction(() => window.benchObserved.shown !== null, null, { timeout: 30_000 });
    const observed = await page.evaluate(() => window.benchObserved);
    const { signedIn, firstSync, loaded, shown, rows } = observed;
    if (signedIn === null || firstSync === null || loaded === null || shown === null)
      throw new Error(`a step of the first pull was not seen: ${JSON.stringify({ ...observed, syncs: [] })}`);
    const end = Math.max(loaded, allStoredAt ?? 0);
    const tasks = observed.longTasks
      .filter(({ start, ms }) => start + ms > signedIn && start < end)
      .map(({ ms }) => ms);
    const syncs = observed.syncs.filter(({ sentAt }) => sentAt <= end);
    const heap = await heapBytes();
    return {
      docsPerSecond: (inbox.tickets.length / (end - firstSync)) * 1_000,
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
 * Checks the app's claim that the first pull has ended: every ticket must be in IndexedDB.
 *
 * @returns null if they were there at once, otherwise the time at which they were, by the page's clock
 */
async function waitForAll(page: Page, count: number): Promise<number | null> {
  const end = Date.now() + timeoutMs;
  for (let first = true; ; first = false) {
    const { stored, at } = await page.evaluate(countStored);
    if (stored === count) return first ? null : at;
    if (stored > count || Date.now() > end)
      throw new Error(`${stored} of ${count} tickets are on the device`);
    await page.waitForTimeout(100);
  }
}

/** Counts the tickets in the browser's database. Runs in the page. */
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
