import type { Page } from '@playwright/test';

/** Returns the personal data that the browser stores for this origin. */
export function storedDataOn(
  page: Page,
): Promise<{ databases: string[]; caches: string[]; session: string | null }> {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name ?? ''),
    caches: (await caches.keys()).filter((name) => /^(files|kept)-/.test(name)),
    session: localStorage.getItem('cstims.session'),
  }));
}

export const nothingStored = { databases: [], caches: [], session: null };
