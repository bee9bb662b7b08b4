import { authPagesOn } from './pages/auth.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, test } from './start.ts';

test('a new device shows the newest tickets before its databases are open, and can be used when they are', async ({
  page,
  app,
}) => {
  await page.addInitScript(() => {
    const opened = new Promise((open) => window.addEventListener('open-databases', open, { once: true }));
    // eslint-disable-next-line @typescript-eslint/unbound-method -- called below with its factory
    const { databases } = IDBFactory.prototype;
    IDBFactory.prototype.databases = async function held() {
      await opened;
      return Reflect.apply(databases, this, []);
    };
  });
  await page.goto(`${app.url}/sign-in`);
  await authPagesOn(page, app).enterCredentials('ana', 'ana-demo');
  const { list } = ticketsOn(page);
  await expect(list.locator('li').filter({ hasText: 'Lucía Navarro' }).first()).toBeVisible();
  const frame = page.locator('[inert]');
  await expect(frame).toBeVisible();
  await page.evaluate(() => window.dispatchEvent(new Event('open-databases')));
  await expect(frame).toHaveCount(0);
  await list.getByRole('button').first().click();
  await ticketsOn(page).answer('Written on the new device');
  await expect(page.getByTestId('waiting-mark')).toHaveCount(0);
});
