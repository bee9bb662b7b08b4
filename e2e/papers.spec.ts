import type { Page } from '@playwright/test';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* Files: a photo with a ticket, a proof of payment with an invoice; chosen without network, sent when there is one. */

/** A picture as a phone would take it, large enough for several chunks. */
async function photo(page: Page): Promise<Buffer> {
  const base64 = await page.evaluate(async () => {
    const canvas = new OffscreenCanvas(1600, 1200);
    const context = canvas.getContext('2d');
    const data = context?.createImageData(1600, 1200);
    for (let i = 0; data && i < data.data.length; i += 1)
      data.data[i] = i % 4 === 3 ? 255 : Math.random() * 255;
    if (data) context?.putImageData(data, 0, 0);
    const blob = await canvas.convertToBlob({ type: 'image/jpeg', quality: 0.9 });
    const reader = new FileReader();
    return new Promise<string>((done) => {
      reader.onload = () => done((reader.result as string).split(',')[1] ?? ''); // read as a data URL
      reader.readAsDataURL(blob);
    });
  });
  return Buffer.from(base64, 'base64');
}

test('a client opens a ticket with a photo without network; it is kept over a reload, sent, and read by helpdesk, also offline afterwards', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'lucia');
  const agent = await openAs(browser, app, 'ana');
  const buffer = await photo(client);
  expect(buffer.length).toBeGreaterThan(1024 * 1024);
  await client.context().setOffline(true);
  await client.getByRole('button', { name: 'New ticket' }).first().click();
  const dialog = client.getByRole('dialog');
  await dialog.getByLabel('Subject').fill('The server smokes');
  await dialog.getByLabel('Message').fill('See the photo');
  const chooser = dialog.getByTestId('chooser');
  await chooser.setInputFiles([
    { name: 'smoke.jpg', mimeType: 'image/jpeg', buffer },
    { name: 'tool.exe', mimeType: 'image/png', buffer: Buffer.from([0x4d, 0x5a, 0, 0]) },
  ]);
  await expect(dialog.getByRole('alert')).toHaveText('tool.exe is no PNG, JPEG, WebP, PDF or text.');
  await expect(dialog.getByRole('list', { name: 'Files' })).toContainText('smoke.jpg');
  await dialog.getByRole('button', { name: 'Create ticket' }).click();
  await expect(client.getByTestId('paper-waits')).toHaveText('waits to be sent');
  await client.reload();
  await expect(client.getByTestId('paper').locator('img')).toBeVisible();
  await client.context().setOffline(false);
  await expect(client.getByTestId('paper-waits')).toHaveCount(0, { timeout: 30_000 });

  await ticketsOn(agent).open('The server smokes');
  const shown = agent.getByTestId('paper');
  await expect(shown.locator('img')).toBeVisible();
  await agent.context().setOffline(true);
  await agent.reload();
  await expect(shown.locator('img')).toBeVisible();
  const [download] = await Promise.all([agent.waitForEvent('download'), shown.click()]);
  expect(download.suggestedFilename()).toBe('smoke.jpg');
  await agent.context().setOffline(false);

  // Taken back, the photo goes with the words, everywhere.
  await client.getByRole('button', { name: 'Take back' }).first().click();
  await dialog.getByRole('button', { name: 'Take back' }).click();
  await expect(agent.getByText('This message was taken back.')).toBeVisible();
  await expect(shown).toHaveCount(0);
});

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
    (await app.letters())
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
