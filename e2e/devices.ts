import { isDeepStrictEqual } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';

/**
 * A pool of devices on which the app is installed: its service worker controls the page and its files are cached.
 * Installing takes one second on two cores, so later tests reuse a device after its personal data is wiped.
 */
export type Devices = {
  /** Returns a page on a device without personal data. The app is not open on it yet. */
  acquire: (options?: BrowserContextOptions) => Promise<Page>;
  /** Wipes the devices in use, so that the next test can use them. */
  releaseAll: () => Promise<void>;
  /** Closes the devices in use. For a server that ends with the test. */
  closeAll: () => Promise<void>;
};

type Device = { context: BrowserContext; options: BrowserContextOptions; page: Page };

/** The contexts of all servers of this worker. The pool that installed a context also wipes or closes it. */
const installed = new Set<BrowserContext>();

const desktopViewport = { width: 1280, height: 800 };

/** A file of the app that runs no script: from it, the storage of the origin can be read and cleared. */
const scriptFreeUrl = (url: string) => `${url}/icon.svg`;

export function devicesFor(browser: Browser, url: string): Devices {
  const free: Device[] = [];
  const inUse: Device[] = [];

  async function install(options: BrowserContextOptions): Promise<Device> {
    const context = await browser.newContext(options);
    installed.add(context);
    context.once('close', () => installed.delete(context));
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.goto(scriptFreeUrl(url));
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);
    const device = { context, options, page };
    await wipe(device, url);
    return device;
  }

  async function reuse({ context, options }: Device): Promise<Device> {
    await context.setOffline(false);
    const page = await context.newPage();
    await Promise.all(
      context
        .pages()
        .filter((other) => other !== page)
        .map((other) => other.close()),
    );
    await page.goto(scriptFreeUrl(url));
    const device = { context, options, page };
    await wipe(device, url);
    return device;
  }

  return {
    async acquire({ viewport = desktopViewport, ...others } = {}) {
      const options = { colorScheme: 'light', ...others } as const;
      const index = free.findIndex((each) => isDeepStrictEqual(each.options, options));
      const [found] = index < 0 ? [] : free.splice(index, 1);
      const device = found ?? (await install(options));
      inUse.push(device);
      // The viewport is not part of the options of a device, because a window can be resized.
      if (viewport) await device.page.setViewportSize(viewport);
      return device.page;
    },
    async releaseAll() {
      free.push(...(await Promise.all(inUse.splice(0).map(reuse))));
      await closeOthers(browser);
    },
    async closeAll() {
      await Promise.all(inUse.splice(0).map(({ context }) => context.close()));
      await closeOthers(browser);
    },
  };
}

/** Closes the contexts that belong to no pool. Left open, they would keep polling their server during the next tests. */
async function closeOthers(browser: Browser): Promise<void> {
  const others = browser.contexts().filter((context) => !installed.has(context));
  await Promise.all(others.map((context) => context.close()));
}

/** Deletes all personal data from a device and keeps the app's own files. */
async function wipe({ context, page }: Device, url: string): Promise<void> {
  await context.clearCookies();
  await page.evaluate(async () => {
    const names = await caches.keys();
    await Promise.all(names.filter((name) => !name.includes('precache')).map((name) => caches.delete(name)));
  });
  const session = await context.newCDPSession(page);
  await session.send('Storage.clearDataForOrigin', {
    origin: url,
    storageTypes: 'indexeddb,local_storage',
  });
  await session.detach();
}
