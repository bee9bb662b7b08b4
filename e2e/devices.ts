import { isDeepStrictEqual } from 'node:util';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from '@playwright/test';

/**
 * Devices on which the app is installed: its service worker is in charge and its files are there. Installing takes a
 * second of two cores, so a device goes on to the next test, with nothing on it of who used it.
 */
export type Devices = {
  /** A page on a device that nobody has used; the app is not open yet. */
  take: (options?: BrowserContextOptions) => Promise<Page>;
  /** Wipes what was taken, for the next test. */
  giveBack: () => Promise<void>;
  /** Ends what was taken: its server ends too. */
  putAway: () => Promise<void>;
};

type Device = { context: BrowserContext; options: BrowserContextOptions; page: Page };

/** Of all servers of this worker: each is wiped or closed by whoever installed it. */
const installed = new Set<BrowserContext>();

const ordinary = { width: 1280, height: 800 };

/** A file of the app that runs nothing: what is on the device can be looked at from it. */
const quiet = (url: string) => `${url}/icon.svg`;

export function devicesFor(browser: Browser, url: string): Devices {
  const free: Device[] = [];
  const taken: Device[] = [];

  async function install(options: BrowserContextOptions): Promise<Device> {
    const context = await browser.newContext(options);
    installed.add(context);
    context.once('close', () => installed.delete(context));
    const page = await context.newPage();
    await page.goto(`${url}/sign-in`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.ready;
    });
    await page.goto(quiet(url));
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
    await page.goto(quiet(url));
    const device = { context, options, page };
    await wipe(device, url);
    return device;
  }

  return {
    async take({ viewport = ordinary, ...others } = {}) {
      const options = { colorScheme: 'light', ...others } as const;
      const at = free.findIndex((each) => isDeepStrictEqual(each.options, options));
      const [found] = at < 0 ? [] : free.splice(at, 1);
      const device = found ?? (await install(options));
      taken.push(device);
      // A window can be made smaller, it need not be another device.
      if (viewport) await device.page.setViewportSize(viewport);
      return device.page;
    },
    async giveBack() {
      free.push(...(await Promise.all(taken.splice(0).map(reuse))));
      await closeOthers(browser);
    },
    async putAway() {
      await Promise.all(taken.splice(0).map(({ context }) => context.close()));
      await closeOthers(browser);
    },
  };
}

/** Devices that stay open would go on looking for their server beside the tests that follow. */
async function closeOthers(browser: Browser): Promise<void> {
  const others = browser.contexts().filter((context) => !installed.has(context));
  await Promise.all(others.map((context) => context.close()));
}

/** Everything that is about a person goes; the app's own files stay. */
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
