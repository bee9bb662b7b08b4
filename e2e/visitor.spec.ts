import type { Page } from '@playwright/test';
import { expectAccessible, viewports } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* A person without an account sees the offers and their prices, and can ask a question. */

async function writeToProvider(visitor: Page, subject: string, message: string): Promise<void> {
  await visitor.getByRole('button', { name: 'Write to us' }).click();
  await visitor.getByLabel('Your name').fill('Vera Club');
  await visitor.getByLabel('E-mail').fill('vera@club.example');
  await visitor.getByLabel('Subject').fill(subject);
  await visitor.getByLabel('Message').fill(message);
  await visitor.getByRole('button', { name: 'Send' }).click();
}

test('a visitor sees the offers with their totals, later also offline, and writes to the provider; helpdesk makes it a ticket and answers by e-mail', async ({
  browser,
  app,
}) => {
  const visitor = await (await browser.newContext()).newPage();
  const scripts: (string | undefined)[] = [];
  visitor.on('response', (response) => {
    if (response.url().endsWith('.js')) scripts.push(response.headers()['content-encoding']);
  });
  await visitor.goto(app.url);
  const vps = visitor.getByTestId('service').filter({ hasText: 'Virtual server' });
  // 1 vCPU, 0.5 GB, 5 GB cost 1.00 + 0.25 + 0.25, plus 21 % tax.
  await expect(vps).toContainText('from 1.82 € a month');
  // The app comes compressed. Files below a kilobyte are not.
  expect(scripts.filter((encoding) => encoding === 'br').length).toBeGreaterThan(3);
  await expect(visitor.getByTestId('seller')).toContainText('Calle de la Red 20');
  await visitor.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // A visitor does not load what only people with an account need.
  const cached = await visitor.evaluate(async () => {
    const names = await caches.keys();
    const requests = await Promise.all(names.map(async (name) => (await caches.open(name)).keys()));
    return requests.flat().map(({ url }) => url);
  });
  expect(cached.some((url) => url.includes('landing-page'))).toBe(true);
  expect(
    cached.filter((url) => /inbox-page|overview-page|order-detail|people-page|app-shell/.test(url)),
  ).toEqual([]);
  await visitor.reload();
  await expect(vps).toBeVisible();
  await visitor.context().setOffline(true);
  await visitor.reload();
  await expect(vps).toContainText('1.82 €');
  await expect(visitor.getByText('Last updated')).toBeVisible();

  await writeToProvider(visitor, 'Hosting for a club', 'What do you advise?');
  await expect(visitor.getByText('Cannot reach the server. This needs a connection.')).toBeVisible();
  await visitor.context().setOffline(false);
  await visitor.getByRole('button', { name: 'Send' }).click();
  await expect(visitor.getByText('Message sent. We will reply to vera@club.example.')).toBeVisible();

  const agent = await openAs(browser, app, 'ana');
  await agent.getByRole('link', { name: 'Unmatched mail' }).click();
  const mail = agent.getByTestId('mail').filter({ hasText: 'Hosting for a club' });
  await expect(mail).toContainText('from the contact form');
  await mail.getByRole('button', { name: 'New ticket' }).click();
  await expect(agent.getByRole('heading', { name: 'Hosting for a club' })).toBeVisible();
  await ticketsOn(agent).answer('A small webhost will do.');
  const email = async () => (await app.emails()).find(({ to }) => to === 'vera@club.example')?.text ?? '';
  await expect.poll(email).toContain('A small webhost will do.');
  expect(await email()).not.toContain('/tickets/');
});

test('helpdesk puts an e-mail into an existing ticket, and it leaves the list of unmatched mail', async ({
  browser,
  app,
}) => {
  const visitor = await app.devices.acquire();
  await visitor.goto(app.url);
  await writeToProvider(visitor, 'Rally server', 'It dropped me too, at nine minutes.');
  await expect(visitor.getByText('Message sent.')).toBeVisible();
  const agent = await openAs(browser, app, 'ana', viewports['on a phone']);
  await agent.getByRole('button', { name: 'Menu', exact: true }).tap();
  const link = agent.getByRole('link', { name: 'Unmatched mail' });
  await expect(link.getByTestId('unmatched')).toHaveText('1');
  await link.tap();
  const mail = agent.getByTestId('mail').filter({ hasText: 'Rally server' });
  await mail.getByRole('button', { name: 'Add to a ticket' }).tap();
  const dialog = agent.getByRole('dialog');
  await dialog.getByRole('searchbox').fill('rally server drops');
  await dialog.getByRole('radio').check();
  await expectAccessible(agent, 'the dialog that puts an e-mail into a ticket');
  await dialog.getByRole('button', { name: 'Add to this ticket' }).tap();
  await expect(dialog).toBeHidden();
  await expect(mail).toHaveCount(0);
  await agent.goto(`${app.url}/tickets`);
  await ticketsOn(agent).open('Rally server drops everyone after about ten minutes');
  const message = ticketsOn(agent).messages.filter({ hasText: 'It dropped me too, at nine minutes.' });
  await expect(message).toContainText('Vera Club');
});

test('the card of a client shows each role only what it may see', async ({ browser, app }) => {
  const openCard = async (name: string) => {
    const page = await openAs(browser, app, name);
    await page.getByRole('link', { name: 'Orders', exact: true }).click();
    await page.getByRole('link', { name: 'Tom Kestrel' }).first().click();
    await expect(page.getByRole('link', { name: 'kestrel-vps' })).toBeVisible();
    return page;
  };
  const [agent, accountant] = [await openCard('ana'), await openCard('ines')];
  await expect(agent.getByTestId('identity')).toHaveCount(0);
  await expect(agent.getByText('€')).toHaveCount(0);
  await expect(accountant.getByTestId('identity')).toContainText('Kestrel');
  await expect(accountant.getByTestId('balance')).not.toHaveText('0.00 €');
  await accountant.getByRole('button', { name: 'New ticket' }).click();
  await expect(accountant.getByRole('dialog').getByLabel('Client')).toHaveValue(/.+/);
});
