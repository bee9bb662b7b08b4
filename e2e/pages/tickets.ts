import type { Browser, Page } from '@playwright/test';
import { expect, openAs, type App } from '../start.ts';

/** The inbox and a conversation in it, as a person sees and uses them. */
export function ticketsOn(page: Page) {
  const list = page.getByTestId('ticket-list');
  return {
    list,
    status: page.getByTestId('ticket-status'),
    number: page.getByTestId('ticket-number'),
    messages: page.getByTestId('message'),
    reply: page.locator('form textarea'),
    async create({ subject, body, service }: { subject: string; body: string; service?: string }) {
      await page.getByRole('button', { name: 'New ticket' }).first().click();
      const dialog = page.getByRole('dialog');
      if (service) await dialog.getByLabel('Service').selectOption({ label: service });
      await dialog.getByLabel('Subject').fill(subject);
      await dialog.getByLabel('Message').fill(body);
      await dialog.getByRole('button', { name: 'Create ticket' }).click();
      await expect(dialog).toBeHidden();
    },
    async open(subject: string) {
      await list.getByRole('button', { name: subject }).click();
      await expect(page).toHaveURL(/\/tickets\/[0-9a-f-]{36}/);
      await expect(page.getByRole('heading', { name: subject })).toBeVisible();
    },
    async answer(text: string, { note = false } = {}) {
      await this.reply.click(); // on a phone the buttons appear with the focus
      if (note) await page.getByRole('switch', { name: 'Internal note' }).click();
      await this.reply.fill(text);
      // The toast of the previous answer must not cover the button.
      await page.getByRole('button', { name: 'Send', exact: true }).click();
      await expect(this.messages.filter({ hasText: text })).toBeVisible();
    },
    async close(comment: string) {
      await page.getByRole('button', { name: 'Close', exact: true }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Closing comment').fill(comment);
      await dialog.getByRole('button', { name: 'Close ticket' }).click();
      await expect(dialog).toBeHidden();
    },
  };
}

/** Opens one ticket for two agents, each on their own device. */
export async function twoAgentsOn(browser: Browser, app: App, subject: string): Promise<[Page, Page]> {
  const ana = await openAs(browser, app, 'ana');
  const marc = await openAs(browser, app, 'marc');
  for (const each of [ana, marc]) await ticketsOn(each).open(subject);
  return [ana, marc];
}
