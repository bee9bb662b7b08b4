import type { Page } from '@playwright/test';
import { Secret, TOTP } from 'otpauth';
import { storedDataOn, nothingStored } from './pages/device.ts';
import { authPagesOn, emailTo, linkIn } from './pages/auth.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

const password = 'thirteen blue herons';

type KeysWindow = Window & { keysShown?: string[] };

test('a person registers and can sign in only after confirming on the page that the e-mail links to', async ({
  page,
  app,
}) => {
  const auth = authPagesOn(page, app);
  await auth.register({ username: 'ada', email: 'ada@example.org' });
  const link = linkIn(await emailTo(app, 'ada@example.org', 'Confirm your e-mail address'));
  await auth.expectRefused('ada', password);

  expect((await fetch(link)).status).toBe(200); // mail scanners open the link too
  await page.goto(link);
  await expect(page.getByRole('heading', { name: 'Confirm your e-mail address' })).toBeVisible();
  await expect(page).toHaveURL(`${app.url}/verify`); // the token does not stay in the browser history
  await auth.expectRefused('ada', password);

  await page.goto(link);
  await auth.typeNewPassword('New password', password);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(
    page.getByRole('status').filter({ hasText: 'Your e-mail address is confirmed' }),
  ).toBeVisible();
  await page.getByRole('link', { name: 'Sign in' }).click();
  await auth.enterCredentials('ada', password);
  await expect(page).toHaveURL(`${app.url}/home`);
  await expect(page.getByRole('heading', { name: 'Hello, ada' })).toBeVisible();
});

test('registration does not reveal other accounts: a known address gets an e-mail, a taken name shows only behind the link', async ({
  page,
  app,
}) => {
  const auth = authPagesOn(page, app);
  const screen = async (email: string) =>
    (await page.getByTestId('sent').innerText()).replaceAll(email, '(the address)');
  await auth.register({ username: 'lucia', email: 'lucia@example.org' });
  const ordinary = await screen('lucia@example.org');
  await auth.register({ username: 'somebody', email: 'lucia@cstims.example' });
  expect(await screen('lucia@cstims.example')).toBe(ordinary);
  await emailTo(app, 'lucia@cstims.example', 'You already have an account');

  await page.goto(linkIn(await emailTo(app, 'lucia@example.org', 'Confirm your e-mail address')));
  await auth.typeNewPassword('New password', password);
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByText('That username is taken. Choose another.')).toBeVisible();
  await page.getByLabel('Username').fill('lucia.two');
  await page.getByRole('button', { name: 'Confirm' }).click();
  await expect(page.getByText('Your e-mail address is confirmed')).toBeVisible();
  await auth.expectRefused('lucia', password);
  await auth.signIn('lucia.two', password);
  await expect(page.getByRole('heading', { name: 'Hello, lucia.two' })).toBeVisible();
});

test('resetting a forgotten password by e-mail ends the old password, the link and all other sessions', async ({
  browser,
  page,
  app,
}) => {
  const before = await openAs(browser, app, 'tom');
  const auth = authPagesOn(page, app);
  await auth.forgotPassword('tom@cstims.example');
  const link = linkIn(await emailTo(app, 'tom@cstims.example', 'Reset your password'));
  await auth.setPassword(link, password);
  await expect(page.getByText('Your password has been saved.')).toBeVisible();
  await expect(before.getByText('You are signed out.')).toBeVisible();

  await auth.setPassword(link, 'another twelve herons');
  await expect(auth.alert).toHaveText('This link has expired or was already used.');
  await auth.expectRefused('tom', 'tom-demo');
  await auth.expectRefused('tom', 'another twelve herons');
  await emailTo(app, 'tom@cstims.example', 'Your account tom was changed');

  await before.getByRole('link', { name: 'Sign in again' }).click();
  await authPagesOn(before, app).enterCredentials('tom', password);
  await expect(before.getByRole('heading', { name: 'Hello, Tom Kestrel' })).toBeVisible();
  await expect(before.getByText('You are signed out.')).toBeHidden();
});

test('the texts of the frame are there before the frame is shown, on a slow network too', async ({
  browser,
  app,
}) => {
  // Without a service worker, so that the delay below reaches the file.
  const context = await browser.newContext({ serviceWorkers: 'block' });
  const page = await context.newPage();
  await page.addInitScript(() => {
    const shown: string[] = [];
    (window as KeysWindow).keysShown = shown;
    new MutationObserver(() => {
      shown.push(...(document.body?.textContent.match(/(?:totp|nav|sync|tickets)\.[a-z]\w+/g) ?? []));
    }).observe(document, { childList: true, subtree: true, characterData: true });
  });
  await page.route(/(auth|app)-en-/, async (route) => {
    await new Promise((resolve) => setTimeout(resolve, 400));
    await route.continue();
  });
  await authPagesOn(page, app).signIn('marc', 'marc-demo');
  for (const load of ['first', 'second']) {
    await expect(page.getByTestId('offer-totp')).toBeVisible();
    expect(await page.evaluate(() => (window as KeysWindow).keysShown), `${load} load`).toEqual([]);
    await page.reload();
  }
});

test('with a second factor a password alone is not enough, and no code works twice', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  await ana.getByTestId('offer-totp').getByRole('link', { name: 'Set up' }).click();
  await ana.getByTestId('totp').getByRole('button', { name: 'Set up' }).click();
  await ana.getByRole('dialog').getByLabel('Current password').fill('ana-demo');
  await ana.getByRole('dialog').getByRole('button', { name: 'Continue' }).click();
  const key = (await ana.getByTestId('totp-key').innerText()).trim();
  const totp = new TOTP({ secret: Secret.fromBase32(key) });
  const firstCode = totp.generate();
  await ana.getByRole('dialog').getByLabel('Code from the app').fill(firstCode);
  await ana.getByRole('button', { name: 'Turn on' }).click();
  const shown = ana.getByTestId('recovery-codes').getByRole('listitem');
  await expect(shown).toHaveCount(10);
  const codes = await shown.allInnerTexts();
  expect(new Set(codes).size).toBe(10);
  await ana.getByRole('button', { name: 'I have saved them' }).click();
  await expect(ana.getByTestId('totp')).toContainText('On. 10 recovery codes left.');
  await expect(ana.getByText(codes[0] ?? '')).toHaveCount(0);
  await expect(ana.getByTestId('offer-totp')).toBeHidden();

  const signIn = async (enterCodes: (auth: ReturnType<typeof authPagesOn>, page: Page) => Promise<void>) => {
    const page = await app.devices.acquire();
    const auth = authPagesOn(page, app);
    await auth.signIn('ana', 'ana-demo');
    await enterCodes(auth, page);
    await page.close();
  };
  const wrong = 'This code is wrong or was already used.';
  // A code is valid in its own 30 seconds and in the 30 before and after. The next code is certain to be later than the
  // first.
  const nextCode = totp.generate({ timestamp: Date.now() + 30_000 });
  await signIn(async (auth, page) => {
    await auth.enterCode(firstCode);
    await expect(auth.alert).toHaveText(wrong);
    await auth.enterCode(nextCode);
    await expect(page).toHaveURL(/\/tickets/);
  });
  await signIn(async (auth, page) => {
    await auth.enterCode(nextCode);
    await expect(auth.alert).toHaveText(wrong);
    await auth.enterCode(codes[0] ?? '');
    await expect(page).toHaveURL(/\/tickets/);
  });
  await signIn(async (auth) => {
    await auth.enterCode(codes[0] ?? '');
    await expect(auth.alert).toHaveText(wrong);
  });
});

test('a session is ended from another device with the password; its device keeps its data and syncs after signing in again', async ({
  browser,
  app,
}) => {
  const here = await openAs(browser, app, 'tom');
  const there = await openAs(browser, app, 'tom');
  await here.getByRole('link', { name: 'Tom Kestrel' }).click();
  const sessions = here.getByTestId('session');
  await expect(sessions).toHaveCount(2);
  await sessions.filter({ hasNotText: 'this device' }).getByRole('button', { name: 'Sign out' }).click();
  const dialog = here.getByRole('dialog');
  await dialog.getByLabel('Current password').fill('not my password');
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(dialog.getByRole('alert')).toHaveText('Wrong username or password.');
  await dialog.getByLabel('Current password').fill('tom-demo');
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(sessions).toHaveCount(1);

  await expect(there.getByText('You are signed out.')).toBeVisible();
  await there.getByRole('link', { name: 'Tickets', exact: true }).click();
  const tickets = ticketsOn(there);
  await expect(tickets.list.getByText('Very high iowait since last night')).toBeVisible();
  await tickets.create({ subject: 'Written while signed out', body: 'Still here.' });
  await there.getByRole('link', { name: 'Sign in again' }).click();
  await authPagesOn(there, app).enterCredentials('tom', 'tom-demo');
  await here.getByRole('link', { name: 'Tickets', exact: true }).click();
  await expect(ticketsOn(here).list.getByText('Written while signed out')).toBeVisible();
});

test('ASVS 14.3.1 signing out without network warns of what was not sent and leaves nothing on the device', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'tom');
  await page.getByRole('link', { name: 'Tickets', exact: true }).click();
  await expect(ticketsOn(page).list.getByText('Very high iowait since last night')).toBeVisible();
  await page.context().setOffline(true);
  await ticketsOn(page).create({ subject: 'Not sent yet', body: 'No network here.' });
  await page.getByRole('button', { name: 'Sign out' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog).toContainText('2 changes have not been sent yet and will be lost.');
  await dialog.getByRole('button', { name: 'Cancel' }).click();
  await expect(ticketsOn(page).list.getByText('Not sent yet')).toBeVisible();
  expect((await storedDataOn(page)).databases).not.toEqual([]);

  await page.getByRole('button', { name: 'Sign out' }).click();
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await expect.poll(() => storedDataOn(page)).toEqual(nothingStored);
  await page.goto(`${app.url}/tickets`);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  // The server ends the session once it can be reached. The cookie that is left on this device is then useless.
  const sessionsStatus = () => page.evaluate(async () => (await fetch('/api/trpc/account.sessions')).status);
  await page.context().setOffline(false);
  await expect.poll(sessionsStatus).toBe(401);
});

test('a client changes billing identity and language offline, and the accountant sees it after the sync', async ({
  browser,
  app,
}) => {
  const tom = await openAs(browser, app, 'tom');
  const ines = await openAs(browser, app, 'ines');
  await ines.getByRole('link', { name: 'People', exact: true }).click();
  const row = ines.getByTestId('person').filter({ hasText: 'Tom Kestrel' });
  await expect(row).toContainText('Thomas Kestrel (Kestrel Bikes)');

  await tom.getByRole('link', { name: 'Tom Kestrel' }).click();
  await tom.context().setOffline(true);
  await tom.getByLabel('Name on the invoice').fill('Kestrel Bikes SL');
  await tom.getByLabel('City').fill('');
  const save = tom.locator('form').filter({ hasText: 'Postcode' }).getByRole('button', { name: 'Save' });
  await save.click();
  await expect(tom.getByText('Fill in this field.')).toBeVisible();
  await tom.getByLabel('City').fill('Toledo');
  await save.click();
  await expect(tom.getByTestId('offline')).toContainText('1 change will be sent when you reconnect.');
  await tom.getByLabel('Language').selectOption('es');
  await expect(tom.getByRole('heading', { name: 'Datos de facturación' })).toBeVisible();
  await expect(tom.getByTestId('waiting-mark')).toBeVisible();
  await tom.context().setOffline(false);

  await expect(row).toContainText('Kestrel Bikes SL');
  await row.getByRole('button', { name: 'Billing' }).click();
  const dialog = ines.getByRole('dialog', { name: 'Billing of Tom Kestrel' });
  await expect(dialog.getByLabel('Name on the invoice')).toHaveValue('Kestrel Bikes SL');
  await expect(dialog.getByLabel('City')).toHaveValue('Toledo');
  await expect(tom.getByTestId('waiting-mark')).toHaveCount(0);
  await authPagesOn(await app.devices.acquire(), app).forgotPassword('tom@cstims.example');
  await emailTo(app, 'tom@cstims.example', 'Ponga otra contraseña');
});
