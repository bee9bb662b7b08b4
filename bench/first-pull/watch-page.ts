/** What was seen in a page; times are milliseconds of that page's own clock (performance.now). */
export type Seen = {
  /** The answer to the sign-in had arrived. */
  signedIn: number | null;
  /** The first request for documents was sent. */
  firstSync: number | null;
  /** Every row that fits the list was there, and they were the newest open tickets in order. */
  shown: number | null;
  /** How many rows there were then. */
  rows: number;
  /** The app had noted that the first pull ended. */
  loaded: number | null;
  /** Requests of the sync, the live stream aside, and the bytes of their answers' bodies as they were sent. */
  syncs: { sentAt: number; bytes: number }[];
  /** Tasks of the main thread of more than 50 ms, which is where browsers begin to report them. */
  longTasks: { start: number; ms: number }[];
};

declare global {
  interface Window {
    benchSeen: Seen;
  }
}

/**
 * Watches the app from inside the page, from before its first script: only what anybody can see there, so that it
 * measures any way of syncing. It runs as text in the browser and can use nothing of this file.
 *
 * @param expected numbers of the newest open tickets, the newest first
 */
export function watchPage(expected: number[]): void {
  const seen: Seen = {
    signedIn: null,
    firstSync: null,
    shown: null,
    rows: 0,
    loaded: null,
    syncs: [],
    longTasks: [],
  };
  window.benchSeen = seen;

  new PerformanceObserver((list) => {
    for (const { startTime: start, duration: ms } of list.getEntries()) seen.longTasks.push({ start, ms });
  }).observe({ type: 'longtask', buffered: true });

  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as PerformanceResourceTiming[]) {
      if (entry.name.includes('/account.signIn')) seen.signedIn ??= entry.responseEnd;
      if (!/\/api\/trpc\/sync\.(?!pokes)/.test(entry.name)) continue;
      seen.firstSync = Math.min(seen.firstSync ?? Infinity, entry.startTime);
      seen.syncs.push({ sentAt: entry.startTime, bytes: entry.encodedBodySize });
    }
  }).observe({ type: 'resource', buffered: true });

  const keep = Object.getOwnPropertyDescriptor(Storage.prototype, 'setItem')?.value as Storage['setItem'];
  Storage.prototype.setItem = function (key, value) {
    if (key.startsWith('cstims.loaded.')) seen.loaded ??= performance.now();
    keep.call(this, key, value);
  };

  const numbered = (row: Element, number: number) =>
    [...row.querySelectorAll('span')].some(({ textContent }) => textContent.trim().endsWith(`#${number}`));
  const look = () => {
    const list = document.querySelector('[data-testid=ticket-list]');
    const rows = [...(list?.querySelectorAll('li') ?? [])]
      .map((row) => ({ row, top: Number(/-?[\d.]+/.exec(row.style.transform)?.[0] ?? NaN) }))
      .sort((a, b) => a.top - b.top);
    const right = rows.filter(({ row }, i) => numbered(row, expected[i] ?? 0)).length;
    const last = rows.at(-1);
    const whole = list && last && last.top + last.row.offsetHeight >= list.clientHeight;
    if (whole && right === rows.length) {
      seen.shown = performance.now();
      seen.rows = right;
    } else {
      requestAnimationFrame(look);
    }
  };
  requestAnimationFrame(look);
}
