import type { Page } from '@playwright/test';
import { viewports } from './pages/viewports.ts';
import { expect, openAs, test } from './start.ts';

/* Pages do not move while they load: what a person is about to press stays under the pointer. */

const pages: Record<string, string[]> = {
  lucia: ['/home', '/tickets', '/invoices'],
  ana: ['/tickets', '/orders'],
  ines: ['/overview', '/invoices', '/orders'],
};

/** A tenth of what browsers still call good. A row that moves by its own height exceeds it. */
const maxShift = 0.01;

type Shift = PerformanceEntry & {
  value: number;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
};
type ShiftWindow = Window & { shifts?: { value: number; moved: string[] }[] };

/** Makes the page record its layout shifts from the next load on. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: NonNullable<ShiftWindow['shifts']> = [];
    (window as ShiftWindow).shifts = shifts;
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries() as Shift[]) {
        const moved = entry.sources.map(({ node, previousRect: from, currentRect: to }) => {
          const element = node instanceof Element ? node : node?.parentElement;
          const name = `${element?.tagName} ${element?.className} "${element?.textContent.trim().slice(0, 40)}"`;
          return `${name}: ${from.x},${from.y} ${from.width}x${from.height} -> ${to.x},${to.y} ${to.width}x${to.height}`;
        });
        shifts.push({ value: entry.value, moved });
      }
    }).observe({ type: 'layout-shift', buffered: true });
  });
}

for (const [where, options] of Object.entries(viewports)) {
  for (const [name, paths] of Object.entries(pages)) {
    test(`the pages of ${name} do not move while they load (${where})`, async ({ browser, app }) => {
      const page = await openAs(browser, app, name, options);
      await watchShifts(page);
      for (const path of paths) {
        await page.goto(`${app.url}${path}`);
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await page.waitForTimeout(1_000);
        await page.reload();
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await page.waitForTimeout(3_000); // late shifts count too
        const shifts = await page.evaluate(() => (window as ShiftWindow).shifts ?? []);
        const sum = shifts.reduce((all, { value }) => all + value, 0);
        const report = shifts.map(({ value, moved }) => [value.toFixed(3), ...moved].join('\n  ')).join('\n');
        expect.soft(sum, `${path} moved:\n${report}`).toBeLessThan(maxShift);
        if (process.env['SHIFTS']) console.log(`${name} ${path} ${where}: ${sum.toFixed(4)}\n${report}`);
      }
    });
  }
}
