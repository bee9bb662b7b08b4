/// <reference lib="webworker" />
import {
  cleanupOutdatedCaches,
  createHandlerBoundToURL,
  matchPrecache,
  precacheAndRoute,
} from 'workbox-precaching';
import { NavigationRoute, registerRoute } from 'workbox-routing';

declare const self: ServiceWorkerGlobalScope & { __WB_MANIFEST: { url: string; revision: string | null }[] };

/*
 * Caches what a visitor runs on the first visit, and the rest of the app once somebody signs in. Its data is in the replica,
 * which this worker does not handle.
 */

const appCache = 'app-precache';
/** The paths of the files for people who are signed in. Written by the build (app-files.ts). */
const listUrl = '/app-files.json';

precacheAndRoute(self.__WB_MANIFEST);
cleanupOutdatedCaches();
registerRoute(
  new NavigationRoute(createHandlerBoundToURL('/index.html'), {
    denylist: [/^\/api\//, /^\/files\//, /^\/packages\//, /^\/dev\//, /^\/health$/],
  }),
);
registerRoute(
  ({ url, sameOrigin }) => sameOrigin && url.pathname.startsWith('/assets/'),
  async ({ request }) => {
    // The answers vary by encoding, and the browser has decoded what is cached.
    const found = await caches.match(request, { cacheName: appCache, ignoreVary: true });
    return found ?? fetch(request);
  },
);

async function appFiles(): Promise<string[]> {
  const list = (await matchPrecache(listUrl)) ?? (await fetch(listUrl));
  return (await list.json()) as string[]; // written by the build
}

const pathOf = ({ url }: Request) => new URL(url).pathname;

/** A browser has six connections to a server. The others are for what the person is doing. */
const filesAtOnce = 2;

/** Caches the files of the app that are not cached yet. Their names change with their content. */
async function keepApp(): Promise<void> {
  const cache = await caches.open(appCache);
  const kept = new Set((await cache.keys()).map(pathOf));
  const missing = (await appFiles()).filter((path) => !kept.has(path)).values();
  const lane = async () => {
    for (const path of missing) await cache.add(path);
  };
  await Promise.all(Array.from({ length: filesAtOnce }, lane));
}

/** Deletes the files of earlier versions. */
async function dropOldFiles(): Promise<void> {
  if (!(await caches.has(appCache))) return;
  const [cache, wanted] = [await caches.open(appCache), new Set(await appFiles())];
  const old = (await cache.keys()).filter((request) => !wanted.has(pathOf(request)));
  await Promise.all(old.map((request) => cache.delete(request)));
}

// On a device that has the whole app, a new version is complete before it takes over.
self.addEventListener('install', (event) => {
  event.waitUntil(caches.has(appCache).then((isWhole) => (isWhole ? keepApp() : undefined)));
});
self.addEventListener('activate', (event) => event.waitUntil(dropOldFiles()));

self.addEventListener('message', (event) => {
  const { type } = (event.data as { type?: string } | null) ?? {};
  if (type === 'KEEP_APP') event.waitUntil(keepApp());
  // A new version activates only when the user agrees (app/update-prompt.vue), so that no draft is lost.
  if (type === 'SKIP_WAITING') void self.skipWaiting();
});
