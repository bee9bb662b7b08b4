import type { Page } from '@playwright/test';

/** What this origin keeps in the browser about whoever used it. */
export function keptOn(
  page: Page,
): Promise<{ databases: string[]; caches: string[]; session: string | null }> {
  return page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name ?? ''),
    caches: (await caches.keys()).filter((name) => /^(files|kept)-/.test(name)),
    session: localStorage.getItem('cstims.session'),
  }));
}

export const nothingKept = { databases: [], caches: [], session: null };
