import { authPagesOn, emailTo, linkIn } from './pages/auth.ts';
import { viewports } from './pages/viewports.ts';
import { expect, openAs, test } from './start.ts';

/* After a detour or a refusal, people find their way on: the page they wanted, a new link, the wrong field. */

const password = 'four grey herons fishing';

test('a visitor configures a service, registers, confirms the address on another device and arrives at what they chose', async ({
  page,
  app,
}) => {
  await page.goto(app.url);
  const choice = (name: string) => page.getByText(name, { exact: true });
  await choice('4 vCPU').click();
  await choice('8 GB').click();
  await expect(page.getByTestId('configured-price')).toContainText('9.98 € a month');
  await page.getByRole('link', { name: 'Continue' }).click();
  await expect(page).toHaveURL(/\/register/);
  await page.getByLabel('Username').fill('vera');
  await page.getByLabel('E-mail').fill('vera@example.org');
  await page.getByRole('button', { name: 'Create an account' }).click();
  // The e-mail is read on another device.
  const phone = await app.devices.acquire(viewports['on a phone']);
  const auth = authPagesOn(phone, app);
  await phone.goto(linkIn(await emailTo(app, 'vera@example.org', 'Confirm your e-mail address')));
  await auth.typeNewPassword('New password', password);
  await phone.getByRole('button', { name: 'Confirm' }).click();
  await phone.getByRole('link', { name: 'Sign in' }).click();
  await auth.enterCredentials('vera', password);
  await expect(phone.getByRole('heading', { name: 'Order Virtual server' })).toBeVisible();
  for (const chosen of ['4 vCPU', '8 GB'])
    await expect(phone.getByRole('radio', { name: `${chosen} Chosen` })).toBeChecked();
  await expect(phone.getByTestId('order-price')).toContainText('9.98 € a month');
});

test('a link that was used shows where to get a new one', async ({ page, app }) => {
  const auth = authPagesOn(page, app);
  await auth.forgotPassword('tom@cstims.example');
  const link = linkIn(await emailTo(app, 'tom@cstims.example', 'Reset your password'));
  await auth.setPassword(link, password);
  await auth.setPassword(link, 'another twelve herons');
  await page.getByRole('link', { name: 'Request a new link' }).click();
  await expect(page).toHaveURL(/\/forgot-password$/);
});

test('a wrong password for the second factor is refused beside its field, which stays', async ({
  browser,
  app,
}) => {
  const tom = await openAs(browser, app, 'tom');
  await tom.goto(`${app.url}/account`);
  await tom.getByTestId('totp').getByRole('button').click();
  const dialog = tom.getByRole('dialog');
  await dialog.getByLabel('Current password').fill('wrong password');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('alert')).toContainText('Wrong');
  await dialog.getByLabel('Current password').fill('tom-demo');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(tom.getByTestId('totp-key')).toBeVisible();
});

test('an order form shows all that is missing at once, and the first of it gets the focus', async ({
  browser,
  app,
}) => {
  const tom = await openAs(browser, app, 'tom');
  await tom.goto(`${app.url}/account`);
  for (const field of ['Street and number', 'City']) await tom.getByLabel(field).fill('');
  await tom.getByRole('button', { name: 'Save' }).last().click();
  await expect(tom.locator('[aria-invalid="true"]')).toHaveCount(2);
  await expect(tom.getByLabel('Street and number')).toBeFocused();
});
