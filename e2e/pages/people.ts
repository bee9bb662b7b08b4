import type { Page } from '@playwright/test';
import { expect } from '../start.ts';

/** The people page and its dialogs, as an admin uses them. */
export function peopleOn(page: Page) {
  const dialog = page.getByRole('dialog');
  return {
    dialog,
    row: (name: string) => page.getByTestId('person').filter({ hasText: name }),
    async open() {
      await page.getByRole('link', { name: 'People', exact: true }).click();
      await expect(page.getByRole('heading', { name: 'People' })).toBeVisible();
    },
    async choose(name: string, item: string) {
      await page.getByRole('button', { name: `More: ${name}` }).click();
      await page.getByRole('menuitem', { name: item, exact: true }).click();
      await expect(dialog).toBeVisible();
    },
    /** Enters the admin's password and submits the dialog. */
    async confirm(action: string, password: string) {
      await dialog.getByLabel('Current password').fill(password);
      await dialog.getByRole('button', { name: action, exact: true }).click();
    },
  };
}
