import { AxeBuilder } from '@axe-core/playwright';
import { devices, type BrowserContextOptions, type Page } from '@playwright/test';
import { expect } from '../start.ts';

/** Where people are when they use it. */
export const looks = {
  'at a desk': { colorScheme: 'light' },
  'on a phone': { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
} satisfies Record<string, BrowserContextOptions>;

/**
 * Where a day is lived: in `npm test` in one place, by turns at a desk in light colours and on a phone in dark ones;
 * in `npm run test:long` each day in both.
 */
export function livedIn(place: keyof typeof looks): [where: string, look: BrowserContextOptions][] {
  return Object.entries(looks).filter(([where]) => where === place || process.env['LONG'] === '1');
}

/** Goes to a page by the menu, which a phone opens first. */
export async function goTo(page: Page, name: string): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu', exact: true }).filter({ visible: true });
  const link = page.getByRole('link', { name, exact: true }).filter({ visible: true });
  await expect(menu.or(link).first()).toBeVisible();
  if (await menu.isVisible()) await menu.click();
  await link.click();
}

/** Waits until nothing has changed in the page for a moment, and what fades in has its colour. */
async function stillStands(page: Page): Promise<void> {
  await page.evaluate(async () => {
    await new Promise<void>((still) => {
      const done = () => {
        observer.disconnect();
        still();
      };
      let quiet = setTimeout(done, 200);
      const observer = new MutationObserver(() => {
        clearTimeout(quiet);
        quiet = setTimeout(done, 200);
      });
      observer.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
      setTimeout(done, 3_000); // what never stands still is looked at as it is
    });
    const ends = document
      .getAnimations()
      .filter(({ effect }) => effect?.getComputedTiming().endTime !== Infinity)
      .map(({ finished }) => finished.catch(() => undefined)); // one that is called off has ended too
    await Promise.all(ends);
  });
}

/** No violation that axe can find, in the page as it stands (an open dialog too), and nothing cut off at the right. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await stillStands(page);
  // In the page itself: else axe opens a page more for each look. There are no frames of other origins here.
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
