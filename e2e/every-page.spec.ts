import { expectAccessible, viewportsToTest, type viewports } from './pages/viewports.ts';
import { expect, openAs, test } from './start.ts';

/**
 * The tests open every page of every role and expect no violation that axe can find. `npm test` visits the pages of a
 * person on a desktop in light colours or on a phone in dark ones, and `npm run test:long` on both.
 */
const preferredViewports = {
  ana: 'on a desktop',
  lucia: 'on a phone',
  arturo: 'on a desktop',
  ines: 'on a phone',
} as const;
const pages: Record<keyof typeof preferredViewports, string[]> = {
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
    '/overview',
    '/orders',
    '/tickets',
    '/invoices',
    '/services',
    '/services/new',
    '/announcements',
    '/people',
    '/outbox',
    '/audit',
    '/settings',
    '/account',
    '/mail',
    '/billing',
    '/canned-replies',
    '/sync-issues',
  ],
};

/** The token of an e-mail link, behind `#`. Without one, these pages have no form. */
const token = 'A'.repeat(43);
/** The pages that need no session. */
const signedOutPages = [
  '/welcome',
  '/sign-in',
  '/register',
  '/forgot-password',
  '/verify',
  '/set-password',
  '/pages/terms',
  `/verify#${token}`,
  `/set-password#${token}`,
  `/confirm-email#${token}`,
];

/** Link prefixes of the pages of one document, keyed by the list page with the links. */
const linkedPages: Record<string, string[]> = {
  '/home': ['/orders/'],
  '/orders': ['/orders/', '/clients/'],
  '/services': ['/services/0'],
  'lucia /invoices': ['/clients/'],
};

/** Selectors of what a page shows only after the server has answered. */
const loadedSelectors: Record<string, string> = {
  '/account': '[data-testid=session]',
  '/people': '[data-testid=person]',
  '/outbox': '[data-testid=email]',
  '/audit': '[data-testid=audit-line]',
  '/settings': 'textarea.font-mono',
};

test.describe.configure({ mode: 'parallel' });

for (const [where, options] of viewportsToTest('on a phone')) {
  test(`no page before the sign-in has an accessibility violation (${where})`, async ({ app }) => {
    const visitor = await app.devices.acquire(options);
    for (const path of signedOutPages) {
      await visitor.goto('about:blank');
      await visitor.goto(`${app.url}${path}`);
      await expect(visitor.getByRole('heading', { level: 1 })).toBeVisible();
      await expectAccessible(visitor, `visitor ${path}`);
    }
  });
}

for (const [name, preferred] of Object.entries(preferredViewports) as [
  keyof typeof preferredViewports,
  keyof typeof viewports,
][]) {
  for (const [where, options] of viewportsToTest(preferred))
    test(`no page of ${name} has an accessibility violation (${where})`, async ({ browser, app }) => {
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
        await expect(page.locator(loadedSelectors[path] ?? 'h1').first()).toBeVisible();
        await checkHere();
        for (const prefix of [...(linkedPages[path] ?? []), ...(linkedPages[`${name} ${path}`] ?? [])]) {
          await page.goto(`${app.url}${path}`);
          await page.locator(`a[href^="${prefix}"]`).first().click();
          await page.waitForURL((url) => url.pathname.startsWith(prefix));
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
        await page.getByRole('link', { name: 'Order Virtual server' }).click();
        await expect(page.getByTestId('order-price')).toBeVisible();
        await checkHere();
      }
    });
}

test('the sign-in page shows that the password is wrong, and the app can be installed', async ({
  page,
  app,
}) => {
  await page.goto(`${app.url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill('ana');
  await page.getByLabel('Password').fill('wrong password');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByRole('alert')).toHaveText('Wrong username or password.');
  await expectAccessible(page, 'sign-in');
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  const session = await page.context().newCDPSession(page);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Playwright's contexts count as private browsing, which is not an error of the app.
  expect(installabilityErrors.map(({ errorId }) => errorId).filter((id) => id !== 'in-incognito')).toEqual(
    [],
  );
});
