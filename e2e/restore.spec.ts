import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* The server's database is restored from a backup while people work. */

test.use({ ownServer: true });

test('after a restore, people see what the server has, and send again what it lost with one click', async ({
  browser,
  app,
}) => {
  const lucia = await openAs(browser, app, 'lucia');
  await lucia.goto(`${app.url}/tickets`);
  const tickets = ticketsOn(lucia);
  await tickets.create({ subject: 'Written after the backup', body: 'The first message' });
  await tickets.answer('The second message');
  await expect(lucia.getByTestId('waiting-mark')).toHaveCount(0);

  await app.kill();
  await app.restoreBackup();
  await app.start();
  // The browser says that there is a network again. Otherwise the app tries again within a quarter of a minute.
  await lucia.evaluate(() => window.dispatchEvent(new Event('online')));
  await expect(lucia.getByTestId('refused')).toBeVisible();
  await lucia.goto(`${app.url}/sync-issues`);
  const lost = lucia.getByTestId('restored');
  await expect(lost).toContainText('It no longer has 3 changes that you had sent.');
  await lost.getByRole('button', { name: 'Send all again' }).click();
  await expect(lost).toBeHidden();

  const ana = await openAs(browser, app, 'ana');
  await ana.goto(`${app.url}/tickets`);
  await ticketsOn(ana).open('Written after the backup');
  await expect(ticketsOn(ana).messages).toHaveText([/The first message/, /The second message/]);
  await expect(lucia.getByTestId('refused')).toHaveCount(0);
});
