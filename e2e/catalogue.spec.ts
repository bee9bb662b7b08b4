import { sendOrder } from './pages/ordering.ts';
import { expect, openAs, test } from './start.ts';

/* The catalogue: the admin edits it, and clients order from it. */

test('the admin adds a service with options, changes its price offline and retires it; clients see each change', async ({
  browser,
  app,
}) => {
  const admin = await openAs(browser, app, 'arturo');
  const client = await openAs(browser, app, 'lucia');
  await admin.getByRole('link', { name: 'Services', exact: true }).click();
  await admin.getByRole('button', { name: 'New service' }).click();
  await admin.getByLabel('Short name').fill('backup');
  await admin.getByLabel('Name · English').fill('Nightly backup');
  await admin.getByLabel('Description · English').fill('Nightly copies, **off site**.');
  await admin.getByRole('button', { name: 'Add an option' }).click();
  const option = admin.getByTestId('option');
  await option.getByLabel('Key').fill('disk');
  await option.getByLabel('Label · English').fill('Storage');
  await option.getByLabel('Unit').fill('GB');
  await option.getByLabel('Type of choice').selectOption('range');
  await option.getByLabel('From').fill('10');
  await option.getByLabel('To').fill('500');
  await option.getByLabel('Step').fill('ten');
  const price = admin.getByTestId('price');
  await price.getByLabel('Base price').fill('1');
  await price.getByLabel('€ for each Storage', { exact: true }).fill('0');
  await price.getByLabel('€ for each Storage squared').fill('0.005');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(option.getByText('Check the marked field.')).toBeVisible();
  await option.getByLabel('Step').fill('10');
  await expect(admin.getByTestId('preview')).toContainText('from 1.50 € a month excl. VAT');
  await expect(admin.getByTestId('preview').locator('strong', { hasText: 'off site' })).toBeVisible();
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  const listed = admin.getByTestId('service').filter({ hasText: 'backup' });
  await expect(listed).toContainText('no orders');

  await client.getByRole('link', { name: 'Services', exact: true }).click();
  await client.getByRole('link', { name: 'Order Nightly backup' }).click();
  await expect(client.getByTestId('order-price')).toContainText('1.50 € excl. VAT');
  await client.getByLabel('Storage').fill('100');
  await expect(client.getByTestId('order-price')).toContainText('51.00 € excl. VAT');
  await client.getByLabel('Storage').fill('105');
  await expect(client.getByText('Choose one of the allowed values.')).toBeVisible();
  await client.getByLabel('Storage').fill('20');
  await client.getByLabel('Name', { exact: true }).fill('nightly');
  await sendOrder(client);
  const mine = client.getByRole('article').filter({ hasText: 'nightly' });
  await expect(mine).toContainText('3.63 € a month');

  await expect(listed).toContainText('1 order');
  await admin.context().setOffline(true);
  await listed.click();
  await admin.getByTestId('price').getByLabel('Base price').fill('4');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(listed.getByTestId('waiting-mark')).toBeVisible();
  await admin.context().setOffline(false);
  await expect(listed.getByTestId('waiting-mark')).toHaveCount(0);
  await client.getByRole('link', { name: 'Services', exact: true }).click();
  const offered = client.getByTestId('service').filter({ hasText: 'backup' });
  await expect(offered).toContainText('4.50 € excl. VAT');

  await listed.click();
  await admin.getByRole('button', { name: 'Retire' }).click();
  await expect(listed).toHaveCount(0);
  await expect(offered).toHaveCount(0);
  await client.getByRole('link', { name: 'Home', exact: true }).click();
  await expect(mine).toContainText('3.63 € a month');
});
