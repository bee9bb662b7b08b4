import { dayOf } from '#shared/billing/period.ts';
import { expect, openAs, test } from './start.ts';

/* Somebody travels: their device has another day than the provider, by which everything counts. */

const provider = 'Europe/Madrid';
/** At any moment one of them has another day than Madrid: 13 hours ahead, 12 behind. */
const far = ['Pacific/Kiritimati', 'Pacific/Pago_Pago'];

test('a payment is booked on the day it is at the provider, wherever the device is', async ({
  browser,
  app,
}) => {
  const today = dayOf(Date.now(), provider);
  const timezoneId = far.find((zone) => dayOf(Date.now(), zone) !== today) ?? '';
  const page = await openAs(browser, app, 'ines', { timezoneId });
  await page.goto(`${app.url}/invoices`);
  await page.locator('a[href^="/invoices/"]').first().click();
  await page.getByRole('button', { name: 'Book payment', exact: true }).click();
  await expect(page.getByRole('dialog').locator('input[type=date]')).toHaveValue(today);
});
