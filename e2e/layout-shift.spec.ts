import type { Page } from '@playwright/test';
import { looks } from './pages/viewports.ts';
import { expect, openAs, test } from './start.ts';

/* A page stands still while it comes in: what somebody is about to press does not move away under the pointer. */

const pages: Record<string, string[]> = {
  lucia: ['/home', '/tickets', '/invoices'],
  ana: ['/tickets', '/orders'],
  ines: ['/overview', '/invoices', '/orders'],
};

/** A tenth of what browsers call a good page: a row that moves by its own height is more. */
const mostShift = 0.01;

type Shift = PerformanceEntry & {
  value: number;
  sources: { node: Node | null; previousRect: DOMRectReadOnly; currentRect: DOMRectReadOnly }[];
};
type Watched = Window & { shifts?: { value: number; moved: string[] }[] };

/** From the next load on, the page keeps what moved in it. */
async function watchShifts(page: Page): Promise<void> {
  await page.addInitScript(() => {
    const shifts: NonNullable<Watched['shifts']> = [];
    (window as Watched).shifts = shifts;
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

for (const [look, options] of Object.entries(looks)) {
  for (const [name, paths] of Object.entries(pages)) {
    test(`the pages of ${name} do not move while they come in (${look})`, async ({ browser, app }) => {
      const page = await openAs(browser, app, name, options);
      await watchShifts(page);
      for (const path of paths) {
        await page.goto(`${app.url}${path}`);
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await page.waitForTimeout(1_000);
        await page.reload();
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await page.waitForTimeout(3_000); // what comes late counts too
        const shifts = await page.evaluate(() => (window as Watched).shifts ?? []);
        const sum = shifts.reduce((all, { value }) => all + value, 0);
        const what = shifts.map(({ value, moved }) => [value.toFixed(3), ...moved].join('\n  ')).join('\n');
        expect.soft(sum, `${path} moved:\n${what}`).toBeLessThan(mostShift);
        if (process.env['SHIFTS']) console.log(`${name} ${path} ${look}: ${sum.toFixed(4)}\n${what}`);
      }
    });
  }
}
