import type { Page } from '@playwright/test';
import { recordFrames, type Frames } from './frames.ts';

export type SearchTimes = {
  /** After a warm start, until something can be found. */
  readyMs: number;
  /** Until the kept index was compared with the whole replica. */
  wholeMs: number;
  /** From the key until the index has answered. */
  p95Ms: number;
  frames: Frames;
};

const typed = ['backup slow', 'question 137', 'lucia firewall', 'printer queue', '10234'];

/** Opens the app again, and searches everything in the command palette as a person types. */
export async function searchEverything(page: Page, url: string): Promise<SearchTimes> {
  await page.waitForTimeout(3_000); // the index is kept as soon as it is made
  await page.goto('about:blank');
  await page.addInitScript(collectMeasures);
  await page.goto(url);
  const timeOf = async (name: string) =>
    (
      await page.waitForFunction((of) => window.benchMeasures?.[of]?.[0], name, { timeout: 120_000 })
    ).jsonValue();
  const readyMs = (await timeOf('search-ready')) ?? Number.NaN;
  const wholeMs = (await timeOf('search-whole')) ?? Number.NaN;
  await page.keyboard.press('Control+k');
  const field = page.getByTestId('palette').getByRole('textbox');
  await field.waitFor();
  const frames = await recordFrames(page, async () => {
    for (const text of typed) {
      await field.fill('');
      await page.keyboard.type(text, { delay: 120 });
    }
    await page.waitForTimeout(500);
  });
  const answers = await page.evaluate(() => window.benchMeasures?.['search'] ?? []);
  const sorted = answers.toSorted((a, b) => a - b);
  return { readyMs, wholeMs, p95Ms: sorted[Math.floor(sorted.length * 0.95)] ?? Number.NaN, frames };
}

declare global {
  interface Window {
    benchMeasures?: Record<string, number[]>;
  }
}

/** Collects what the app measures of its search. Runs as text in the browser, so it can use nothing from this file. */
function collectMeasures(): void {
  const all: Record<string, number[]> = {};
  window.benchMeasures = all;
  new PerformanceObserver((list) => {
    for (const { name, duration } of list.getEntries()) (all[name] ??= []).push(duration);
  }).observe({ entryTypes: ['measure'] });
}
