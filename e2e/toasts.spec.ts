import { expectAccessible, viewports } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* Toasts tell what just happened. They are read out, do not get in the way, and offer undo as long as it is needed. */

const subject = 'Rally server drops everyone after about ten minutes';

for (const [where, options] of Object.entries(viewports)) {
  test(`a toast is read out and does not cover the reply box (${where})`, async ({ browser, app }) => {
    const page = await openAs(browser, app, 'ana', options);
    await ticketsOn(page).open(subject);
    await ticketsOn(page).answer('It is the firewall.');
    const toast = page.getByRole('status').getByText('Reply sent.', { exact: true });
    await expect(toast).toBeVisible();
    await expectAccessible(page, 'a toast');
    const box = await ticketsOn(page).reply.locator('xpath=ancestor::form').boundingBox();
    const shown = await toast.boundingBox();
    expect((shown?.y ?? 0) + (shown?.height ?? 0)).toBeLessThanOrEqual(box?.y ?? 0);
    await expect(toast).toHaveCount(0, { timeout: 10_000 });
  });
}

test('undo stays while the pointer is on it, and Escape closes it only when it has the focus', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  await ticketsOn(page).close('By mistake');
  const undo = page.getByRole('button', { name: 'Undo' });
  await expect(undo).toBeVisible();
  await page.keyboard.press('Escape');
  await page.waitForTimeout(500);
  await expect(undo).toBeVisible();
  await undo.hover();
  await page.waitForTimeout(16_000); // longer than a toast stays otherwise
  await expect(undo).toBeVisible();
  await page.keyboard.press('F8');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Escape');
  await expect(undo).toHaveCount(0);
});

test('without network, a part of the app that is not on the device yet is named, and nothing happens silently', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await client.getByRole('link', { name: 'Invoices', exact: true }).click();
  await client.getByRole('link', { name: /^A20/ }).first().click();
  await expect(client.getByTestId('chooser')).toBeAttached();
  await client.evaluate(async () => {
    const cache = await caches.open('app-precache');
    for (const request of await cache.keys())
      if (request.url.includes('take-file')) await cache.delete(request);
  });
  await (await client.context().newCDPSession(client)).send('Network.clearBrowserCache');
  await client.context().setOffline(true);
  const photo = { name: 'proof.txt', mimeType: 'text/plain', buffer: Buffer.from('paid') };
  await client.getByTestId('chooser').setInputFiles(photo);
  await expect(client.getByText('This part of the app is not on this device yet.')).toBeVisible();
});
