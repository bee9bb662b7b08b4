import type { Page } from '@playwright/test';
import { goTo } from './viewports.ts';

/** Fills in the order form for a VPS of 4 vCPU, 8 GB and 30 GB, which costs 9.50 a month. */
export async function chooseVps(page: Page, name: string): Promise<void> {
  await goTo(page, 'Services');
  await page.getByRole('link', { name: 'Order Virtual server' }).click();
  for (const choice of ['4 vCPU', '8 GB', '30 GB'])
    await page.getByText(choice, { exact: true }).first().click();
  await page.getByLabel('Name', { exact: true }).fill(name);
}

/** Accepts the terms and sends the order form. */
export async function sendOrder(page: Page): Promise<void> {
  await page.getByLabel('I accept the terms and conditions.').check();
  await page.getByRole('button', { name: 'Order with obligation to pay' }).click();
}
