import type { Page } from '@playwright/test';
import { expect, openAs, test } from './start.ts';

/* A proof of payment with an invoice; chosen without network, sent when there is one. */

test('a client proves a payment; the accountant refuses it with a reason, then accepts another and books it', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await client.getByRole('link', { name: 'Invoices', exact: true }).click();
  await client.getByRole('link', { name: /^A20/ }).first().click();
  const number = (await client.getByRole('heading', { name: /^A20/ }).innerText()).trim();
  const prove = (text: string) =>
    client
      .getByTestId('chooser')
      .setInputFiles({ name: `${text}.txt`, mimeType: 'text/plain', buffer: Buffer.from(text) });
  const proof = (page: Page, text: string) => page.getByTestId('proof').filter({ hasText: text });
  await client.context().setOffline(true);
  await prove('not-ours');
  await expect(proof(client, 'not-ours')).toContainText('waits to be sent');
  await client.context().setOffline(false);
  await expect(proof(client, 'not-ours')).toContainText('to be checked', { timeout: 30_000 });

  const books = await openAs(browser, app, 'ines');
  await books.getByRole('link', { name: 'Invoices', exact: true }).click();
  await books.getByRole('link', { name: number }).click();
  await proof(books, 'not-ours').getByRole('button', { name: 'Refuse' }).click();
  const dialog = books.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Refuse' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Reason').fill('It names another account');
  await dialog.getByRole('button', { name: 'Refuse' }).click();
  await expect(proof(client, 'not-ours')).toContainText('It names another account');
  const told = async () =>
    (await app.emails())
      .filter(({ to }) => to.startsWith('tom'))
      .map(({ text }) => text)
      .join();
  await expect.poll(told).toContain('It names another account');

  await prove('transfer');
  await proof(books, 'transfer').getByRole('button', { name: 'Accept' }).click({ timeout: 30_000 });
  await dialog
    .getByRole('button', { name: /Book|payment/i })
    .last()
    .click();
  await expect(books.getByTestId('open-amount')).toHaveText('0.00 €');
  await expect(proof(client, 'transfer')).toContainText('accepted');
});
