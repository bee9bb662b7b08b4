import type { Page } from '@playwright/test';
import { ticketsOn, twoAgentsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

test('two agents close one ticket, one offline: the second sees the refusal, still has their comment, and can dismiss it', async ({
  browser,
  app,
}) => {
  const subject = 'Rally server drops everyone after about ten minutes';
  const [ana, marc] = await twoAgentsOn(browser, app, subject);
  await marc.context().setOffline(true);
  await ticketsOn(ana).close('Firewall rule corrected');
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await ticketsOn(marc).close('Restarted the game server, took me an hour');
  await marc.context().setOffline(false);

  await expect(marc.getByTestId('refused')).toContainText('was not accepted');
  await expect(marc.getByText('Firewall rule corrected')).toBeVisible();
  await marc.getByTestId('refused').getByRole('link').click();
  const refusal = marc.getByTestId('refusal');
  await expect(refusal).toContainText('Somebody else changed');
  await expect(refusal).toContainText('Restarted the game server, took me an hour');
  await marc.reload();
  await refusal.getByRole('button', { name: 'Dismiss' }).click();
  await expect(marc.getByText('Everything has been sent.')).toBeVisible();
});

test('two agents change one subject: the second sees both versions and applies their own', async ({
  browser,
  app,
}) => {
  const [ana, marc] = await twoAgentsOn(browser, app, 'Very high iowait since last night');
  const rename = async (page: Page, subject: string) => {
    await page.getByRole('button', { name: 'More', exact: true }).last().click();
    await page.getByRole('menuitem', { name: /^Edit subject/ }).click();
    await page.getByRole('dialog').getByLabel('Subject').fill(subject);
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect(page.getByRole('dialog')).toBeHidden();
  };
  await marc.context().setOffline(true);
  await rename(ana, 'Slow disk');
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await rename(marc, 'Disk of node 1 fails');
  await marc.context().setOffline(false);
  await marc.getByTestId('refused').getByRole('link').click();
  const refusal = marc.getByTestId('refusal');
  await expect(refusal.getByTestId('current')).toHaveText('Slow disk');
  await refusal.getByRole('button', { name: 'Keep mine' }).click();
  await expect(marc.getByText('Everything has been sent.')).toBeVisible();
  await expect(ana.getByRole('heading', { name: 'Disk of node 1 fails' })).toBeVisible();
});

test('a draft survives a reload, and signing out deletes everything from the device', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  await page.getByTestId('ticket-list').getByRole('button').first().click();
  await page.locator('form textarea').fill('Half an answer');
  await page.waitForTimeout(500); // drafts are saved 250 ms after the last key
  await page.reload();
  await expect(page.locator('form textarea')).toHaveValue('Half an answer');

  await page.context().setOffline(true);
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await page.getByRole('button', { name: 'Sign out' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('1 change has not been sent yet and will be lost');
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  const storedData = await page.evaluate(async () => ({
    databases: (await indexedDB.databases()).map(({ name }) => name),
    files: (await caches.keys()).filter((name) => name.startsWith('files-')),
    session: localStorage.getItem('cstims.session'),
  }));
  expect(storedData).toEqual({ databases: [], files: [], session: null });
});
