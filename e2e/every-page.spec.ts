import { expectAccessible, livedIn, type looks } from './pages/viewports.ts';
import { expect, openAs, test } from './start.ts';

/**
 * Every page of every role, in light colours at a desk or in dark ones on a phone: no violation that axe can find.
 * `npm run test:long` walks both ways.
 */
const walks = { ana: 'at a desk', lucia: 'on a phone', arturo: 'at a desk', ines: 'on a phone' } as const;
const pages: Record<keyof typeof walks, string[]> = {
  lucia: ['/home', '/catalogue', '/announcements', '/tickets', '/invoices', '/sync-issues', '/account'],
  ana: ['/tickets', '/orders', '/canned-replies', '/mail', '/sync-issues', '/account'],
  ines: [
    '/overview',
    '/invoices',
    '/billing',
    '/tickets',
    '/orders',
    '/people',
    '/mail',
    '/canned-replies',
    '/sync-issues',
    '/account',
  ],
  arturo: [
    ...[
      '/overview',
      '/orders',
      '/tickets',
      '/invoices',
      '/services',
      '/services/new',
      '/announcements',
      '/people',
    ],
    ...['/outbox', '/audit', '/settings', '/account', '/mail', '/billing', '/canned-replies', '/sync-issues'],
  ],
};

/** Without a session; behind # the token of an e-mail, without which the pages have no form. */
const token = 'A'.repeat(43);
const origins = [
  ...['/welcome', '/sign-in', '/register', '/forgot-password', '/verify', '/set-password', '/pages/terms'],
  ...[`/verify#${token}`, `/set-password#${token}`, `/confirm-email#${token}`],
];

/** Pages of one document, from the list that leads to them. */
const deeper: Record<string, string[]> = {
  '/home': ['/orders/'],
  '/orders': ['/orders/', '/clients/'],
  '/services': ['/services/0'],
  'lucia /invoices': ['/clients/'],
};

/** What a page shows once the server has answered it. */
const answered: Record<string, string> = {
  '/account': '[data-testid=session]',
  '/people': '[data-testid=person]',
  '/outbox': '[data-testid=email]',
  '/audit': '[data-testid=audit-line]',
  '/settings': 'textarea.font-mono',
};

test.describe.configure({ mode: 'parallel' });

for (const [look, options] of livedIn('on a phone')) {
  test(`no page before the sign-in has an accessibility violation (${look})`, async ({ app }) => {
    const nobody = await app.devices.take(options);
    for (const path of origins) {
      await nobody.goto('about:blank');
      await nobody.goto(`${app.url}${path}`);
      await expect(nobody.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(nobody, `nobody ${path}`);
    }
  });
}

for (const [name, walk] of Object.entries(walks) as [keyof typeof walks, keyof typeof looks][]) {
  for (const [look, options] of livedIn(walk))
    test(`no page of ${name} has an accessibility violation (${look})`, async ({ browser, app }) => {
      test.slow(); // many pages
      const page = await openAs(browser, app, name, options);
      await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
      await expect(page.getByTestId('loading')).toHaveCount(0);
      const checkHere = async () => {
        await expectAccessible(page, `${name} ${page.url()}`);
      };
      for (const path of pages[name]) {
        await page.goto(`${app.url}${path}`);
        await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
        await expect(page.locator(answered[path] ?? 'h1').first()).toBeVisible();
        await checkHere();
        for (const to of [...(deeper[path] ?? []), ...(deeper[`${name} ${path}`] ?? [])]) {
          await page.goto(`${app.url}${path}`);
          await page.locator(`a[href^="${to}"]`).first().click();
          await page.waitForURL((url) => url.pathname.startsWith(to));
          await checkHere();
        }
        const tabs = path === '/billing' ? ['Bank', 'Figures', 'Next run', 'Runs'] : [];
        for (const tab of tabs) {
          await page.getByRole('button', { name: tab, exact: true }).click();
          await checkHere();
        }
        const detail = page.locator('[data-testid=ticket-list] button, a[href^="/invoices/"]').first();
        if (/^.(tickets|invoices)$/.test(path) && (await detail.count())) {
          await detail.click();
          await checkHere();
        }
        if (path !== '/catalogue') continue;
        await page.getByRole('link', { name: 'Order vps' }).click();
        await expect(page.getByTestId('order-price')).toBeVisible();
        await checkHere();
      }
    });
}

test('the sign-in page says what is wrong, and the app can be installed', async ({ page, app }) => {
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill('ana');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('Name or password is wrong.');
  await expectAccessible(page, 'sign-in');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // A context of its own counts as private browsing, which is no fault of the app.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
});
