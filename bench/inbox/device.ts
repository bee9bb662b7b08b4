import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium, type BrowserContext, type Page } from '@playwright/test';
import type { BenchPlace } from './endings.ts';

/** A new device: a browser with an empty profile on disk. */
export type Device = {
  context: BrowserContext;
  page: Page;
  /** Bytes of the page's JavaScript heap that are in use after a garbage collection. */
  heapBytes: () => Promise<number>;
  /** Closes the browser. Returns the bytes that IndexedDB left on disk. */
  close: () => Promise<number>;
};

const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** The window of an ordinary laptop. Its size decides how many rows a virtual list has. */
const viewport = { width: 1440, height: 900 };

/** Does the work on a new device and removes the device afterwards. */
export async function onNewDevice<T>(
  { folder, cleanup }: BenchPlace,
  work: (device: Device) => Promise<T>,
): Promise<T> {
  const profile = mkdtempSync(join(folder, 'profile-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args: flags,
    viewport,
    locale: 'en-GB',
    // Playwright would end this process before the servers are stopped.
    handleSIGINT: false,
    handleSIGTERM: false,
  });
  cleanup.add(() => context.close());
  try {
    const page = context.pages()[0] ?? (await context.newPage());
    return await work({
      context,
      page,
      async heapBytes() {
        const session = await context.newCDPSession(page);
        await session.send('HeapProfiler.collectGarbage');
        const { usedSize } = await session.send('Runtime.getHeapUsage');
        await session.detach();
        return usedSize;
      },
      async close() {
        await context.close();
        return bytesIn(join(profile, 'Default', 'IndexedDB'));
      },
    });
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
}

function bytesIn(folder: string): number {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, entry) => sum + statSync(join(entry.parentPath, entry.name)).size, 0);
}
