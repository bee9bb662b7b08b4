/** Observations in a page. Times are milliseconds of the page's own clock (performance.now). */
export type PageObservations = {
  /** The answer to the sign-in had arrived. */
  signedIn: number | null;
  /** The first request for documents was sent. */
  firstSync: number | null;
  /** All rows that fit the list were shown, and they were the newest open tickets in order. */
  shown: number | null;
  /** The number of rows at that time. */
  rows: number;
  /** The app had recorded the end of the first pull. */
  loaded: number | null;
  /** Sync requests without the live stream, and the size of their answers' bodies as transferred. */
  syncs: { sentAt: number; bytes: number }[];
  /** Tasks of the main thread longer than 50 ms, the shortest that browsers report. */
  longTasks: { start: number; ms: number }[];
};

declare global {
  interface Window {
    benchObserved: PageObservations;
  }
}

/**
 * Watches the app from inside the page, before its first script runs. It uses only what any page script can
 * see, so it can measure any way of syncing. Runs as text in the browser, so it can use nothing from this
 * file.
 *
 * @param expected the numbers of the newest open tickets, newest first
 */
export function watchPage(expected: number[]): void {
  const observed: PageObservations = {
    signedIn: null,
    firstSync: null,
    shown: null,
    rows: 0,
    loaded: null,
    syncs: [],
    longTasks: [],
  };
  window.benchObserved = observed;

  new PerformanceObserver((list) => {
    for (const { startTime: start, duration: ms } of list.getEntries())
      observed.longTasks.push({ start, ms });
  }).observe({ type: 'longtask', buffered: true });

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (entry.name.includes('/account.signIn')) observed.signedIn ??= entry.responseEnd;
      if (!/\/api\/trpc\/sync\.(?!pokes)/.test(entry.name)) continue;
      observed.firstSync = Math.min(observed.firstSync ?? Infinity, entry.startTime);
      observed.syncs.push({ sentAt: entry.startTime, bytes: entry.encodedBodySize });
    }
  }).observe({ type: 'resource', buffered: true });

  const originalSetItem = Object.getOwnPropertyDescriptor(Storage.prototype, 'setItem')
    ?.value as Storage['setItem'];
  Storage.prototype.setItem = function (key, value) {
    if (key.startsWith('cstims.loaded.')) observed.loaded ??= performance.now();
    originalSetItem.call(this, key, value);
  };

  const numbered = (row: Element, number: number) =>
    [...row.querySelectorAll('span')].some(({ textContent }) => textContent.trim().endsWith(`#${number}`));
  const check = () => {
    const list = document.querySelector('[data-testid=ticket-list]');
    const rows = [...(list?.querySelectorAll('li') ?? [])]
      .map((row) => ({ row, top: Number(/-?[\d.]+/.exec(row.style.transform)?.[0] ?? NaN) }))
      .sort((a, b) => a.top - b.top);
    const matching = rows.filter(({ row }, i) => numbered(row, expected[i] ?? 0)).length;
    const last = rows.at(-1);
    const isFilled = list && last && last.top + last.row.offsetHeight >= list.clientHeight;
    if (isFilled && matching === rows.length) {
      observed.shown = performance.now();
      observed.rows = matching;
    } else {
      requestAnimationFrame(check);
    }
  };
  requestAnimationFrame(check);
}
