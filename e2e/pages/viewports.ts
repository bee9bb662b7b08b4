import { AxeBuilder } from '@axe-core/playwright';
import { devices, type BrowserContextOptions, type Page } from '@playwright/test';
import { expect } from '../start.ts';

/** The devices on which people use the app. */
export const viewports = {
  'on a desktop': { colorScheme: 'light' },
  'on a phone': { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
} satisfies Record<string, BrowserContextOptions>;

/**
 * Returns the viewports in which a test runs. In `npm test` it is only `preferred`: tests alternate between a desktop in
 * light colours and a phone in dark ones. In `npm run test:long` each test runs in both.
 */
export function viewportsToTest(
  preferred: keyof typeof viewports,
): [where: string, options: BrowserContextOptions][] {
  return Object.entries(viewports).filter(([where]) => where === preferred || process.env['LONG'] === '1');
}

/** Goes to a page by the menu, which has to be opened first on a phone. */
export async function goTo(page: Page, name: string): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu', exact: true }).filter({ visible: true });
  const link = page.getByRole('link', { name, exact: true }).filter({ visible: true });
  await expect(menu.or(link).first()).toBeVisible();
  if (await menu.isVisible()) await menu.click();
  await link.click();
}

/** Waits until the page has not changed for 200 ms (at most 3 seconds) and its animations have ended. */
export async function waitUntilStable(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise<void>((resolve) => {
      const done = () => {
        observer.disconnect();
        resolve();
      };
      let quiet = setTimeout(done, 200);
      const observer = new MutationObserver(() => {
        clearTimeout(quiet);
        quiet = setTimeout(done, 200);
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      setTimeout(done, 3_000); // a page that keeps changing is checked as it is
    });
    const finished = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished.catch(() => undefined)); // a cancelled animation has ended too
    await Promise.all(finished);
  });
}

/** Expects that axe finds no violation in the current page, with any open dialog, and that the right edge cuts nothing off. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await waitUntilStable(page);
  // Legacy mode runs axe in the page itself. Otherwise it opens one more page for each check. There are no frames of
  // other origins here.
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  const found = violations.map(
    ({ id, nodes }) => `${id}: ${nodes.map(({ target }) => String(target)).join(' | ')}`,
  );
  expect.soft(found, where).toEqual([]);
  const cutOff = await page.evaluate(() =>
    [...document.querySelectorAll('main *')]
      .filter(
        (each) =>
          each.getBoundingClientRect().right > window.innerWidth + 1 && !each.closest('.overflow-x-auto'),
      )
      .map((each) => each.outerHTML.slice(0, 120)),
  );
  expect.soft(cutOff, `${where} is cut off at the right`).toEqual([]);
}
