import { AxeBuilder } from '@axe-core/playwright';
import { devices, type BrowserContextOptions, type Page } from '@playwright/test';
import { expect } from '../start.ts';

/** Where people are when they use it: each day of a role is lived in both. */
export const looks: Record<string, BrowserContextOptions> = {
  'at a desk': { colorScheme: 'light' },
  'on a phone': { ...devices['Pixel 7'], viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
};

/** Goes to a page by the menu, which a phone opens first. */
export async function goTo(page: Page, name: string): Promise<void> {
  const menu = page.getByRole('button', { name: 'Menu', exact: true }).filter({ visible: true });
  const link = page.getByRole('link', { name, exact: true }).filter({ visible: true });
  await expect(menu.or(link).first()).toBeVisible();
  if (await menu.isVisible()) await menu.click();
  await link.click();
}

/** No violation that axe can find, in the page as it stands (an open dialog too), and nothing cut off at the right. */
export async function expectAccessible(page: Page, where: string): Promise<void> {
  await page.waitForTimeout(400); // what fades in has its colour
  const { violations } = await new AxeBuilder({ page }).analyze();
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
