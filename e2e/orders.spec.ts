import mariadb from 'mariadb';
import { chooseVps, sendOrder } from './pages/ordering.ts';
import { expect, openAs, test, type App } from './start.ts';

/* The order form shows the price of each choice, also offline. The server decides which price applies. */

/** Sets the base price of each VPS to 2.00, like an admin who edits the catalogue on another device. */
async function raisePrice(app: App): Promise<void> {
  const connection = await mariadb.createConnection(app.database);
  const [row] = await connection.query<{ prices: string }[]>(
    "SELECT prices FROM services WHERE slug = 'vps'",
  );
  const prices = JSON.parse(row?.prices ?? '[]') as { amount: number }[]; // as the server stores it
  const raised = JSON.stringify(prices.map((price) => ({ ...price, amount: 200 })));
  await connection.query("UPDATE services SET prices = ? WHERE slug = 'vps'", [raised]);
  await connection.end();
}

test('the order form survives a reload, and a name that is taken is reported before anything is sent', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await chooseVps(client, 'kestrel-shop');
  await client.getByRole('button', { name: 'Order with obligation to pay' }).click();
  await expect(client.getByText('You already have a service with this name.')).toBeVisible();
  await client.getByLabel('Comments').fill('Half typed');
  await client.waitForTimeout(500); // drafts are saved 250 ms after the last key
  await client.reload();
  await expect(client.getByLabel('Comments')).toHaveValue('Half typed');
  await expect(client.getByLabel('4 vCPU')).toBeChecked();
  await expect(client.getByTestId('order-price')).toContainText('9.50 € excl. VAT');
});

test('an order at an outdated price is refused with the current price, and can be sent again at that price', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'tom');
  await client.context().setOffline(true);
  await chooseVps(client, 'kestrel-late');
  await sendOrder(client);
  await raisePrice(app);
  await client.context().setOffline(false);
  await client.getByRole('link', { name: 'Review' }).click();
  const refusal = client.getByTestId('refusal').filter({ hasText: 'kestrel-late' });
  await expect(refusal.getByTestId('right-price')).toHaveText('The price is now 11.50 € excl. VAT.');
  await refusal.getByRole('button', { name: 'Order at this price' }).click();
  await expect(refusal).toHaveCount(0);
  await client.getByRole('link', { name: 'Home', exact: true }).click();
  const mine = client.getByRole('article').filter({ hasText: 'kestrel-late' });
  await expect(mine.getByText('13.92 €')).toBeVisible();
  await expect(mine.getByTestId('waiting-mark')).toHaveCount(0);
});

test('a client ends a service at the end of its period, undoes that offline, and ends it now', async ({
  browser,
  app,
}) => {
  const client = await openAs(browser, app, 'lucia');
  await client.getByRole('link', { name: 'atalaya-shop' }).click();
  const mine = client.getByRole('main');
  const dialog = client.getByRole('dialog');
  const expectSynced = async () => {
    await expect(mine.getByTestId('waiting-mark')).toHaveCount(0);
    await expect(client.getByTestId('refused')).toHaveCount(0);
  };
  await mine.getByRole('button', { name: 'End this service' }).click();
  await expect(dialog.getByLabel('At the end of the current period')).toBeChecked();
  await dialog.getByRole('button', { name: 'End this service' }).click();
  await expect(mine.getByText(/^\s*Ends on /)).toBeVisible();
  await expectSynced();
  await client.context().setOffline(true);
  await mine.getByRole('button', { name: 'Keep it' }).click();
  await expect(mine.getByText(/^\s*Ends on /)).toHaveCount(0);
  await client.context().setOffline(false);
  await expectSynced();
  await mine.getByRole('button', { name: 'End this service' }).click();
  await dialog.getByLabel('Now').click();
  await dialog.getByRole('button', { name: 'End this service' }).click();
  await expect(mine.getByText('Cancelled').first()).toBeVisible();
  await expectSynced();
  // The client gets an e-mail for each change: it ends, it continues, it is cancelled. The admins get one to take it down.
  const connection = await mariadb.createConnection(app.database);
  const emails = await connection.query<{ kind: string }[]>(
    "SELECT o.kind FROM outbox o JOIN orders r ON r.id = o.document WHERE r.instance_name = 'atalaya-shop' ORDER BY o.kind",
  );
  await connection.end();
  expect(emails.map(({ kind }) => kind)).toEqual([
    'order-ends',
    'order-goes-on',
    'order-left',
    'order-status',
  ]);
});
