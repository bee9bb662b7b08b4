import type { Page } from '@playwright/test';
import { expect, openAs, test } from './start.ts';

/* A client adds proofs of payment to an invoice. They can be chosen offline and are uploaded later. */

test('a client uploads a proof of payment; the accountant refuses it with a reason, then accepts another and books the payment', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await client.getByRole('link', { name: 'Invoices', exact: true }).click();
  await client.getByRole('link', { name: /^A20/ }).first().click();
  const number = (await client.getByRole('heading', { name: /^A20/ }).innerText()).trim();
  const uploadProof = (text: string) =>
    client
      .getByTestId('chooser')
      .setInputFiles({ name: `${text}.txt`, mimeType: 'text/plain', buffer: Buffer.from(text) });
  const proof = (page: Page, text: string) => page.getByTestId('proof').filter({ hasText: text });
  await client.context().setOffline(true);
  await uploadProof('not-ours');
  await expect(proof(client, 'not-ours')).toContainText('waiting to be sent');
  await client.context().setOffline(false);
  await expect(proof(client, 'not-ours')).toContainText('to be checked', { timeout: 30_000 });

  const accountant = await openAs(browser, app, 'ines');
  await accountant.getByRole('link', { name: 'Invoices', exact: true }).click();
  await accountant.getByRole('link', { name: number }).click();
  await proof(accountant, 'not-ours').getByRole('button', { name: 'Reject' }).click();
  const dialog = accountant.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(dialog.getByRole('alert')).toBeVisible();
  await dialog.getByLabel('Reason').fill('It names another account');
  await dialog.getByRole('button', { name: 'Reject' }).click();
  await expect(proof(client, 'not-ours')).toContainText('It names another account');
  const emailsToClient = async () =>
    (await app.emails())
      .filter(({ to }) => to.startsWith('tom'))
      .map(({ text }) => text)
      .join();
  await expect.poll(emailsToClient).toContain('It names another account');

  await uploadProof('transfer');
  await proof(accountant, 'transfer').getByRole('button', { name: 'Accept' }).click({ timeout: 30_000 });
  await dialog
    .getByRole('button', { name: /Book|payment/i })
    .last()
    .click();
  await expect(accountant.getByTestId('open-amount')).toHaveText('0.00 €');
  await expect(proof(client, 'transfer')).toContainText('accepted');
});
