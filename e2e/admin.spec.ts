import type { Page } from '@playwright/test';
import { storedDataOn } from './pages/device.ts';
import { authPagesOn, emailTo, linkIn } from './pages/auth.ts';
import { peopleOn } from './pages/people.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

const password = 'thirteen blue herons';

test('the admin adds an agent, who sets a password by e-mail and sees the inbox', async ({
  browser,
  page,
  app,
}) => {
  const arturo = await openAs(browser, app, 'arturo');
  const people = peopleOn(arturo);
  await people.open();
  await arturo.getByRole('button', { name: 'Add', exact: true }).click();
  const { dialog } = people;
  await dialog.getByLabel('Username').fill('nuria');
  await dialog.getByLabel('Display name').fill('Núria Soler');
  await dialog.getByLabel('E-mail').fill('nuria@example.org');
  await dialog.getByLabel('Role').selectOption('Helpdesk');
  await people.confirm('Add', 'not my password');
  await expect(dialog.getByRole('alert')).toHaveText('Wrong username or password.');
  await expect(people.row('Núria Soler')).toHaveCount(0);
  await people.confirm('Add', 'arturo-demo');
  await expect(dialog).toBeHidden();
  await expect(people.row('Núria Soler')).toContainText('Not confirmed');

  const auth = authPagesOn(page, app);
  await auth.setPassword(linkIn(await emailTo(app, 'nuria@example.org', 'Your account at')), password);
  await page.getByRole('link', { name: 'Sign in' }).click();
  await auth.enterCredentials('nuria', password);
  await expect(page).toHaveURL(/\/tickets/);
  await expect(
    ticketsOn(page).list.getByText('Rally server drops everyone after about ten minutes'),
  ).toBeVisible();
  await expect(people.row('Núria Soler')).not.toContainText('Not confirmed');
});

test('a disabled person is signed out at once and nothing stays on their device', async ({
  browser,
  app,
}) => {
  const lucia = await openAs(browser, app, 'lucia');
  await expect(lucia.getByText('atalaya-shop').first()).toBeVisible();
  const arturo = await openAs(browser, app, 'arturo');
  const people = peopleOn(arturo);
  await people.open();
  await people.choose('Lucía Navarro', 'Disable');
  await people.confirm('Disable', 'arturo-demo');
  await expect(people.row('Lucía Navarro')).toContainText('Disabled');

  await expect(lucia).toHaveURL(`${app.url}/sign-in`, { timeout: 5_000 });
  await expect(lucia.getByRole('alert')).toContainText('This account is disabled.');
  const storedData = async () => {
    const { databases, session } = await storedDataOn(lucia);
    return { databases: databases.filter((name) => name.includes('cstims-')), session };
  };
  await expect.poll(storedData).toEqual({ databases: [], session: null });
  await authPagesOn(lucia, app).expectRefused('lucia', 'lucia-demo');
});

test('a new role rebuilds the device: an unsent answer is kept with the reason, and the audit log shows the change', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  const arturo = await openAs(browser, app, 'arturo');
  const inbox = ticketsOn(ana);
  const technical = 'Very high iowait since last night';
  await ana.context().setOffline(true);
  await ana.getByRole('button', { name: 'New ticket' }).first().click();
  await ana.getByRole('dialog').getByLabel('Subject').fill('A half-written subject');
  await ana.keyboard.press('Escape');
  await inbox.open(technical);
  await inbox.answer('The disk of node 1 is being replaced.');
  await expect(inbox.messages.last().getByTestId('waiting-mark')).toBeVisible();

  const people = peopleOn(arturo);
  await people.open();
  await people.choose('Ana Ruiz', 'Change role');
  await people.dialog.getByLabel('Role').selectOption('Accountant');
  await people.confirm('Change role', 'arturo-demo');
  await expect(people.row('Ana Ruiz')).toContainText('Accountant');

  await ana.context().setOffline(false);
  await expect(ana).toHaveURL(`${app.url}/overview`);
  await ana.getByTestId('refused').getByRole('link', { name: 'Review' }).click();
  const refusal = ana.getByTestId('refusal');
  await expect(refusal).toContainText('Your permissions changed before this was sent.');
  await expect(refusal).toContainText('The disk of node 1 is being replaced.');
  await ana.getByRole('link', { name: 'Inbox', exact: true }).click();
  await ana.getByRole('button', { name: 'All', exact: true }).click();
  await expect(inbox.list.getByText('Charged twice this month?')).toBeVisible();
  await expect(inbox.list.getByText(technical)).toHaveCount(0);
  await ana.getByRole('button', { name: 'New ticket' }).first().click();
  await expect(ana.getByRole('dialog').getByLabel('Subject')).toHaveValue('A half-written subject');

  await arturo.getByRole('link', { name: 'Audit', exact: true }).click();
  const line = arturo.getByTestId('audit-line').filter({ hasText: 'role:' });
  await expect(line.first()).toContainText('helpdesk → accountant');
  await arturo.getByLabel('About').selectOption('invoices');
  await expect(line).toHaveCount(0);
  await expect(arturo.getByTestId('audit-line').first()).toContainText('invoices');
  await arturo.getByLabel('About').selectOption('people');
  await arturo.getByLabel('Search name, id or value').fill('no such words');
  await expect(arturo.getByText('Nothing here.')).toBeVisible();
  await arturo.getByLabel('Search name, id or value').fill('accountant');
  await expect(line.filter({ hasText: 'Arturo Fuentes' })).toContainText('helpdesk → accountant');
});

test('signing in again after a role change leaves nothing of the old role on the device', async ({
  browser,
  app,
}) => {
  const technical = 'Very high iowait since last night';
  const marc = await openAs(browser, app, 'marc');
  const arturo = await openAs(browser, app, 'arturo');
  await expect(ticketsOn(marc).list.getByText(technical)).toBeVisible();
  const people = peopleOn(arturo);
  await people.open();
  await arturo.getByRole('button', { name: 'More: Marc Vidal' }).click();
  await arturo.getByRole('menuitem', { name: 'Sign out everywhere' }).click();
  await expect(marc.getByText('You are signed out.')).toBeVisible();
  await people.choose('Marc Vidal', 'Change role');
  await people.dialog.getByLabel('Role').selectOption('Accountant');
  await people.confirm('Change role', 'arturo-demo');
  await expect(people.row('Marc Vidal')).toContainText('Accountant');

  await marc.getByRole('link', { name: 'Sign in again' }).click();
  await marc.getByLabel('Username or e-mail').fill('marc');
  await marc.getByLabel('Password').fill('marc-demo');
  await marc.getByRole('button', { name: 'Sign in' }).click();
  // The old replica opens first. Then the server reports that its rights have ended, and it is rebuilt.
  const replicaRole = () =>
    marc
      .evaluate(() => {
        const keys = Object.keys(localStorage).filter((key) => key.startsWith('cstims.made-under'));
        return keys.map((key) => localStorage.getItem(key)).join('');
      })
      .catch(() => ''); // while the page reloads
  await expect.poll(replicaRole).toContain('accountant');
  await expect(marc).toHaveURL(`${app.url}/overview`);
  await marc.getByRole('link', { name: 'Inbox', exact: true }).click();
  await marc.getByRole('button', { name: 'All', exact: true }).click();
  await expect(ticketsOn(marc).list.getByText('Charged twice this month?')).toBeVisible();
  await expect(ticketsOn(marc).list.getByText(technical)).toHaveCount(0);
});

test('a cancelled e-mail can be sent; invalid settings change nothing, and valid ones show on the sign-in page', async ({
  browser,
  page,
  app,
}) => {
  const arturo = await openAs(browser, app, 'arturo');
  await arturo.getByRole('link', { name: 'E-mails', exact: true }).click();
  const emails = arturo.getByTestId('email');
  await arturo.getByRole('button', { name: 'Cancelled' }).click();
  await arturo.getByLabel('Search address or kind').fill('tom@cstims.example');
  await expect(emails.filter({ hasText: 'lucia@cstims.example' })).toHaveCount(0);
  const email = emails.first();
  await expect(email).toContainText('tom@cstims.example');
  expect((await app.emails()).filter(({ to }) => to === 'tom@cstims.example')).toEqual([]);
  await email.getByRole('button', { name: 'Send now' }).click();
  await emailTo(app, 'tom@cstims.example', '');
  await arturo.getByRole('button', { name: 'Sent' }).click();
  await expect(emails).toHaveCount(1);

  await arturo.getByRole('link', { name: 'Settings', exact: true }).click();
  const contact = arturo.getByLabel('Contact address');
  const iban = arturo.getByLabel('IBAN');
  const validIban = await iban.inputValue();
  await contact.fill('hello@provider.example');
  await iban.fill('ES91 2100 0418 4502 0005 1333');
  await arturo.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(iban).toHaveAttribute('aria-invalid', 'true');
  await expect(iban).toHaveAccessibleDescription(/IBAN|iban/);
  await page.goto(`${app.url}/sign-in`);
  await expect(page.locator('footer')).toContainText('Questions: admin@arf20.com');
  await iban.fill(validIban);
  await arturo.getByRole('button', { name: 'Save', exact: true }).click();
  await expect(arturo.getByText('Saved.')).toBeVisible();
  await page.reload();
  await expect(page.locator('footer')).toContainText('Questions: hello@provider.example');

  await arturo
    .getByRole('textbox', { name: 'Terms' })
    .fill('Pay in **five** days.\n\n<script>window.hacked = 1</script>\n\n[x](javascript:window.hacked=1)');
  await arturo.getByRole('button', { name: 'Publish', exact: true }).click();
  await expect(arturo.getByText('Published as version 2.')).toBeVisible();
  await page.reload();
  await page.getByRole('link', { name: 'Terms' }).click();
  await expect(page.getByText('five')).toHaveCSS('font-weight', /[67]00/);
  await expect(page.getByText('<script>window.hacked = 1</script>')).toBeVisible();
  await expect(page.getByText('[x](javascript:window.hacked=1)')).toBeVisible();
  await expect(page.locator('a[href^="javascript:" i]')).toHaveCount(0);
  expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
});

test('ASVS 3.2.2 what people write is shown as text everywhere, and never runs', async ({ browser, app }) => {
  const tom = await openAs(browser, app, 'tom');
  const arturo = await openAs(browser, app, 'arturo');
  const openedDialogs: string[] = [];
  for (const page of [tom, arturo]) page.on('dialog', (dialog) => openedDialogs.push(dialog.message()));
  const name = '<img src=x onerror="window.hacked=alert(1)">';
  const script = '<script>window.hacked = alert(1)</script>';
  await tom.getByRole('link', { name: 'Tom Kestrel' }).click();
  await tom.getByLabel('Display name').fill(name);
  await tom.locator('form').filter({ hasText: 'Display name' }).getByRole('button', { name: 'Save' }).click();
  await tom.getByRole('link', { name: 'Tickets', exact: true }).click();
  await ticketsOn(tom).create({ subject: `${script} subject`, body: `${script}<b>body</b> {{ 7 * 7 }}` });

  const expectNoInjection = async (page: Page) => {
    expect(await page.evaluate(() => 'hacked' in window)).toBe(false);
    await expect(page.locator('img[src="x"], script:not([src]):not([type]), main b')).toHaveCount(0);
  };
  await peopleOn(arturo).open();
  await expect(arturo.getByTestId('person').getByText(name, { exact: true })).toBeVisible();
  await peopleOn(arturo).choose(name, 'Disable');
  await expect(peopleOn(arturo).dialog).toContainText(name);
  await expectNoInjection(arturo);
  await arturo.keyboard.press('Escape');
  await arturo.getByRole('link', { name: 'Inbox', exact: true }).click();
  const inbox = ticketsOn(arturo);
  await expect(inbox.list.getByText(name).first()).toBeVisible();
  await inbox.open(`${script} subject`);
  await expect(inbox.messages).toContainText(`${script}<b>body</b> {{ 7 * 7 }}`);
  await expectNoInjection(arturo);
  await arturo.getByRole('link', { name: 'Audit', exact: true }).click();
  await expect(arturo.getByTestId('audit-line').filter({ hasText: name }).first()).toBeVisible();
  await expectNoInjection(arturo);
  await expectNoInjection(tom);
  expect(openedDialogs).toEqual([]);
});
