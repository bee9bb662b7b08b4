import type { Page } from '@playwright/test';
import mariadb from 'mariadb';
import { sendOrder } from './pages/ordering.ts';
import { expect, openAs, test } from './start.ts';

/* What happens to an order after it was placed: changes, withdrawal, suspension, new prices and terms. */

async function openService(page: Page, name: string): Promise<void> {
  await page.getByRole('link', { name, exact: true }).click();
  await expect(page.getByRole('heading', { name, exact: true })).toBeVisible();
}
const expectSynced = async (page: Page) => {
  await expect(page.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(page.getByTestId('refused')).toHaveCount(0);
};

test('a client plans a change for the next period, cancels the plan offline, and changes the service at once', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await openService(client, 'kestrel-vps');
  const dialog = client.getByRole('dialog');
  const fillInChange = async () => {
    await client.getByRole('button', { name: 'Change', exact: true }).click();
    await dialog.getByText('2 vCPU', { exact: true }).click();
  };
  await fillInChange();
  await expect(dialog.getByTestId('order-price')).toContainText('€ a month');
  await expect(dialog.getByLabel(/^With the next period, on/)).toBeChecked();
  await dialog.getByRole('button', { name: 'Change with obligation to pay' }).click();
  await expect(client.getByTestId('planned')).toContainText(/^\s*Changes on /);
  await expectSynced(client);
  await client.context().setOffline(true);
  await client.getByRole('button', { name: 'Keep it as it is' }).click();
  await expect(client.getByTestId('planned')).toHaveCount(0);
  await client.context().setOffline(false);
  await expectSynced(client);
  await fillInChange();
  await dialog.getByLabel('Now', { exact: false }).click();
  await dialog.getByRole('button', { name: 'Change with obligation to pay' }).click();
  await expect(dialog).toBeHidden();
  await expect(client.getByTestId('planned')).toHaveCount(0); // until the server has accepted the change
  await expect(client.getByText('2 vCPU')).toBeVisible();
  await expectSynced(client);
  const subjectsToClient = async () =>
    (await app.emails()).filter(({ to }) => to.startsWith('tom')).map(({ subject }) => subject);
  await expect.poll(subjectsToClient).toContain('kestrel-vps stays as it is');
});

test('a consumer withdraws from a contract in two steps and gets an e-mail with day and time', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await client.getByRole('link', { name: 'Services', exact: true }).click();
  await client.getByRole('link', { name: 'Order vpn' }).click();
  await client.getByLabel('Name', { exact: true }).fill('second-thoughts');
  await sendOrder(client);
  await openService(client, 'second-thoughts');
  await expectSynced(client);
  await client.getByRole('button', { name: 'Withdraw from contract here' }).click();
  const dialog = client.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Continue' }).click();
  await expect(dialog.getByRole('alert')).toContainText('switched off immediately');
  await client.waitForTimeout(800); // an immediate second click does not count as a confirmation
  await dialog.getByRole('button', { name: 'Confirm the withdrawal' }).click();
  await expect(client.getByTestId('order-says')).toContainText('Ended by withdrawal from the contract.');
  await expectSynced(client);
  const email = async () =>
    (await app.emails()).find(({ subject }) => subject === 'Withdrawal received: second-thoughts')?.text ??
    '';
  await expect.poll(email).toMatch(/On .+ at \d+:\d\d.* we received your withdrawal/);
  // A business has no right of withdrawal, so it is not offered.
  const business = await openAs(browser, app, 'lucia');
  await openService(business, 'atalaya-shop');
  await expect(business.getByRole('button', { name: 'Withdraw' })).toHaveCount(0);
});

test('the client reads why an order is suspended; helpdesk sees that it is for non-payment, but no price', async ({
  browser,
  app,
}) => {
  const admin = await openAs(browser, app, 'arturo');
  await admin.getByRole('link', { name: 'Orders', exact: true }).click();
  await openService(admin, 'kestrel-vps');
  await admin.getByRole('button', { name: 'Suspend' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByLabel('Reason').fill('Two invoices are open');
  await dialog.getByLabel('Because of an unpaid invoice').check();
  await dialog.getByRole('button', { name: 'Suspend' }).click();
  const reasonText =
    'Suspended because an invoice is unpaid. It resumes once the invoice is paid. “Two invoices are open”';
  await expect(admin.getByTestId('order-says')).toHaveText(reasonText);
  const client = await openAs(browser, app, 'tom');
  await openService(client, 'kestrel-vps');
  await expect(client.getByTestId('order-says')).toHaveText(reasonText);
  const agent = await openAs(browser, app, 'ana');
  await agent.getByRole('link', { name: 'Orders', exact: true }).click();
  await openService(agent, 'kestrel-vps');
  await expect(agent.getByTestId('order-says')).toHaveText(reasonText);
  await expect(agent.getByText('€')).toHaveCount(0);
});

test('the admin raises a price and applies it to chosen running orders from a day on; their clients get an e-mail', async ({
  browser,
  app,
}) => {
  const admin = await openAs(browser, app, 'arturo');
  await admin.getByRole('link', { name: 'Services', exact: true }).click();
  await admin.getByRole('link', { name: 'vpn' }).click();
  await admin.getByLabel('Base price').fill('3');
  await admin.getByRole('button', { name: 'Save', exact: true }).click();
  await admin.getByRole('link', { name: 'vpn' }).click();
  await admin.getByRole('button', { name: 'New prices for running orders' }).click();
  const dialog = admin.getByRole('dialog');
  await expect(dialog.getByRole('checkbox', { name: /kestrel-vpn/ })).toBeChecked();
  await expect(dialog.getByText(/becomes 3.00 € a month/).first()).toBeVisible();
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog).toBeHidden();
  const subjects = async () => (await app.emails()).map(({ subject }) => subject);
  await expect.poll(subjects).toContain('New price of kestrel-vpn');
});

test('a paid order waits until the admin has published terms, and the client has accepted them', async ({
  browser,
  app,
}) => {
  const connection = await mariadb.createConnection(app.database);
  await connection.query('DELETE FROM pages');
  await connection.end();
  const client = await openAs(browser, app, 'tom');
  await client.getByRole('link', { name: 'Services', exact: true }).click();
  await client.getByRole('link', { name: 'Order vpn' }).click();
  await client.getByLabel('Name', { exact: true }).fill('fair');
  await expect(client.getByRole('alert')).toContainText('the terms and conditions have not been published');
  await client.getByRole('button', { name: 'Order with obligation to pay' }).click();
  await expect(client).toHaveURL(/catalogue/);

  const admin = await openAs(browser, app, 'arturo');
  await admin.getByRole('link', { name: 'Review and publish' }).click();
  await expect(admin.getByLabel(/^Terms/)).toHaveValue(/the services that ARFNET .*12345678Z/s);
  await admin.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(admin.getByText('Published as version 1.').first()).toBeVisible();

  await client.reload();
  await client.getByRole('button', { name: 'Order with obligation to pay' }).click();
  await expect(client.getByRole('alert')).toHaveText('Accept the terms and conditions.');
  await sendOrder(client);
  await openService(client, 'fair');
  await expectSynced(client);
});
