import { expectAccessible, viewports } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* The command palette searches everything that is on the device, and goes to every page, also without network. */

test('an agent finds a message by a word in it, without network and with the keyboard alone', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open('Rally server drops everyone after about ten minutes');
  await ticketsOn(page).answer('The Übertragung stops at the firewall.');
  await page.goto(`${app.url}/orders`);
  await expect(page.locator('[inert]')).toHaveCount(0); // nothing can be done before the replica is open
  await page.context().setOffline(true);
  await page.keyboard.press('Control+k');
  const palette = page.getByTestId('palette');
  await expect(page.getByPlaceholder('Search everything')).toBeFocused();
  await page.keyboard.type('ubertrag firew');
  const hit = palette.getByTestId('hit').first();
  await expect(hit).toContainText('Rally server drops everyone');
  await expect(hit.locator('mark').first()).toHaveText('Übertragung');
  await expectAccessible(page, 'the command palette');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: /Rally server/ })).toBeVisible();
  await expect(palette).toHaveCount(0);

  // By the client's name, and by a page's.
  await page.keyboard.press('Control+k');
  await page.keyboard.type('kestrel');
  await expect(palette.getByTestId('hit').filter({ hasText: 'Tom Kestrel' }).first()).toBeVisible();
  await page.getByPlaceholder('Search everything').fill('announcem');
  await expect(palette.getByRole('option')).toHaveCount(1);
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(/\/announcements$/);
});

test('what is searched is what the person may see, and it is gone with them', async ({ browser, app }) => {
  const client = await openAs(browser, app, 'lucia');
  await client.keyboard.press('Control+k');
  const palette = client.getByTestId('palette');
  await expect(client.getByPlaceholder('Search everything')).toBeFocused();
  await client.keyboard.type('atalaya-shop');
  await expect(palette.getByTestId('hit').first()).toContainText('atalaya-shop');
  await client.getByPlaceholder('Search everything').fill('rally server');
  await expect(palette.getByText('No match.')).toBeVisible();
  await client.keyboard.press('Escape');
  await expect
    .poll(() => client.evaluate(async () => (await indexedDB.databases()).length))
    .toBeGreaterThan(10);
  await client.getByRole('button', { name: 'Sign out' }).click();
  await client.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect(client).toHaveURL(/sign-in|welcome/);
  await expect.poll(() => client.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test('on a phone a client searches from the menu, and ? shows the shortcuts of the page on a desktop', async ({
  browser,
  app,
}) => {
  const phone = await openAs(browser, app, 'tom', viewports['on a phone']);
  await phone.getByRole('button', { name: 'Search' }).filter({ visible: true }).click();
  await phone.getByPlaceholder('Search everything').fill('kestrel-vpn');
  await phone.getByTestId('hit').first().click();
  await expect(phone.getByRole('heading', { name: 'kestrel-vpn' })).toBeVisible();

  const agent = await openAs(browser, app, 'ana');
  await agent.keyboard.press('?');
  await expect(agent.getByRole('dialog').getByText('Next ticket')).toBeVisible();
  await expect(agent.getByRole('dialog').getByText('Internal note')).toHaveCount(0); // no ticket is open
});
