import { dayOf } from '#shared/billing/period.ts';
import { expect, openAs, test } from './start.ts';

/* A person travels, and their device is on another day than the provider. The provider's day counts. */

const provider = 'Europe/Madrid';
/** One is 13 hours ahead of Madrid and one 12 behind, so at any moment one of them is on another day. */
const remoteZones = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];

test('a payment is booked on the current day of the provider, wherever the device is', async ({
  browser,
  app,
}) => {
  const today = dayOf(Date.now(), provider);
  const timezoneId = remoteZones.find((zone) => dayOf(Date.now(), zone) !== today) ?? '';
  const page = await openAs(browser, app, 'ines', { timezoneId });
  await page.goto(`${app.url}/invoices`);
  await page.locator('a[href^="/invoices/"]').first().click();
  await page.getByRole('button', { name: 'Book payment', exact: true }).click();
  await expect(page.getByRole('dialog').locator('input[type=date]')).toHaveValue(today);
});
