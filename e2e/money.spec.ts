import { readFileSync } from 'node:fs';
import { expect, openAs, test } from './start.ts';

/* Overpayments and credit, the download of the books, and the overview of the money. */

test('an accidental overpayment is used as credit for the next invoice; the statement shows the balance, also offline', async ({
  browser,
  app,
}) => {
  const ines = await openAs(browser, app, 'ines', { viewport: { width: 390, height: 844 } });
  await ines.goto(`${app.url}/invoices`);
  // lucia owes 8.47 and transfers 20.
  await ines.getByRole('link', { name: /A\d{4}-000005/ }).click();
  await expect(ines.getByTestId('open-amount')).toHaveText('8.47 €');
  await expect(ines.getByTestId('pay-code').getByRole('img')).toBeVisible();
  await ines.getByRole('button', { name: 'Book payment' }).click();
  const dialog = ines.getByRole('dialog');
  await dialog.getByLabel('Amount').fill('20.00');
  // More than twice what is open is asked about.
  await dialog.getByRole('button', { name: 'Book payment' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Check the amount, or confirm the overpayment.');
  await dialog.getByTestId('surplus').getByRole('checkbox').check();
  await dialog.getByRole('button', { name: 'Book payment' }).click();
  await expect(ines.getByText(/11\.53 €/).first()).toBeVisible();

  await ines.getByRole('button', { name: 'Book a refund' }).click();
  await expect(dialog.getByLabel('Amount')).toHaveValue('-11.53');
  await dialog.getByRole('button', { name: 'Cancel' }).click();

  // Her next invoice is written by hand and issued.
  await ines.goto(`${app.url}/invoices`);
  await ines.getByRole('button', { name: 'New invoice' }).click();
  await dialog.getByLabel('Client').selectOption({ label: 'Lucía Navarro' });
  await dialog.getByLabel('Description').first().fill('Two hours of help');
  await dialog.getByLabel('Price excl. VAT').first().fill('20.00');
  await dialog.getByRole('button', { name: 'Save', exact: true }).click();
  await ines.getByRole('button', { name: 'Issue', exact: true }).click();
  await dialog.getByRole('button', { name: 'Issue', exact: true }).click();
  await expect(ines.getByTestId('open-amount')).toHaveText('24.20 €');
  await ines.context().setOffline(true);
  await ines.getByRole('button', { name: 'Use credit of 11.53 €' }).click();
  await expect(ines.getByTestId('open-amount')).toHaveText('12.67 €');
  await expect(ines.getByRole('button', { name: /Use credit/ })).toHaveCount(0); // the credit cannot be used twice
  await ines.context().setOffline(false);
  await expect(ines.getByText('waiting to be sent')).toHaveCount(0);
  await expect(ines.getByTestId('open-amount')).toHaveText('12.67 €');

  const lucia = await openAs(browser, app, 'lucia');
  await lucia.goto(`${app.url}/invoices`);
  await expect(lucia.getByRole('link', { name: 'Statement' })).toBeVisible();
  await lucia.context().setOffline(true);
  await lucia.getByRole('link', { name: 'Statement' }).click();
  await expect(lucia.getByTestId('statement-closing')).toHaveText('12.67 € to be paid');
});

test('the books of a month can be downloaded as one ZIP file with every PDF', async ({ browser, app }) => {
  const ines = await openAs(browser, app, 'ines');
  await ines.goto(`${app.url}/billing`);
  await ines.getByRole('button', { name: 'Figures', exact: true }).click();
  await ines.getByLabel('Days').selectOption({ index: 5 }); // this month: the quarters come first
  const [download] = await Promise.all([
    ines.waitForEvent('download'),
    ines.getByRole('link', { name: 'Download ZIP' }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^books-\d{4}-\d{2}-01-\d{4}-\d{2}-\d{2}\.zip$/);
  const bytes = readFileSync(await download.path());
  expect(bytes.subarray(0, 2).toString()).toBe('PK');
  for (const name of ['invoices.csv', 'vat.csv', 'eu-sales.csv']) expect(bytes.includes(name)).toBe(true);
  await ines.context().setOffline(true);
  await expect(ines.getByText('The server creates this file. Connect to download it.')).toBeVisible();
});

test('the accountant starts on the overview of the money, also offline', async ({ browser, app }) => {
  const ines = await openAs(browser, app, 'ines');
  await expect(ines).toHaveURL(`${app.url}/overview`);
  await ines.context().setOffline(true);
  await ines.reload();
  await expect(ines.getByTestId('recurring')).toHaveText('29.00 €');
  await ines.getByRole('link', { name: /^Overdue/ }).click();
  await expect(ines.getByRole('heading', { name: 'Invoices' })).toBeVisible();
});
