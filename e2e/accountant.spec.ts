import { expectAccessible, viewportsToTest } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* The accountant's day: a question about an invoice and an invoice by hand, also on a phone on a train. */

for (const [where, options] of viewportsToTest('on a desktop')) {
  test(`${where}, the accountant answers a billing ticket offline and the client reads it`, async ({
    browser,
    app,
  }) => {
    const client = await openAs(browser, app, 'lucia');
    await client.getByRole('button', { name: 'New ticket' }).first().click();
    const newTicket = client.getByRole('dialog');
    await newTicket.getByLabel('Topic').selectOption('Billing');
    await newTicket.getByLabel('Subject').fill('Which VAT is this?');
    await newTicket.getByLabel('Message').fill('On the last invoice');
    await newTicket.getByRole('button', { name: 'Create ticket' }).click();

    const accountant = await openAs(browser, app, 'ines', options);
    await accountant.goto(`${app.url}/tickets`);
    await ticketsOn(accountant).open('Which VAT is this?');
    await expectAccessible(accountant, 'the billing ticket');
    await accountant.context().setOffline(true);
    await ticketsOn(accountant).answer('It is 21 %, the standard rate.');
    await expect(accountant.getByTestId('waiting-mark').first()).toBeVisible();
    await accountant.context().setOffline(false);
    await expect(accountant.getByTestId('waiting-mark')).toHaveCount(0);
    await expect(ticketsOn(client).messages.filter({ hasText: 'the standard rate' })).toBeVisible();
    const sentEmails = async () => (await app.emails()).map(({ to, text }) => `${to} ${text}`).join('\n');
    await expect.poll(sentEmails).toContain('standard rate');
  });
}

for (const [where, options] of viewportsToTest('on a phone')) {
  test(`${where}, the accountant writes an invoice by hand, issues it offline and removes another draft`, async ({
    browser,
    app,
  }) => {
    const accountant = await openAs(browser, app, 'ines', options);
    const dialog = accountant.getByRole('dialog');
    const writeDraft = async (text: string) => {
      await accountant.goto(`${app.url}/invoices`);
      await accountant.getByRole('button', { name: 'New invoice' }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(dialog.getByRole('alert').first()).toBeVisible();
      await expectAccessible(accountant, 'an incomplete draft');
      await dialog.getByLabel('Client').selectOption('Tom Kestrel');
      await dialog.getByLabel('Description').fill(text);
      await dialog.getByLabel('Quantity').fill('2');
      await dialog.getByLabel('Price excl. VAT').fill('12.50');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(accountant.getByText('This is a draft.')).toBeVisible();
    };
    await writeDraft('Setting up two machines');
    await accountant.context().setOffline(true);
    await accountant.getByRole('button', { name: 'Issue', exact: true }).click();
    await dialog.getByRole('button', { name: 'Issue', exact: true }).click();
    await accountant.context().setOffline(false);
    await expect(accountant.getByRole('heading', { name: /^A2026-/ })).toBeVisible();
    await expect(accountant.getByTestId('invoice-total')).toHaveText('30.25 €');
    await expect(accountant.getByRole('button', { name: 'PDF' })).toBeEnabled({ timeout: 30_000 });
    await writeDraft('Never mind');
    await accountant.getByRole('button', { name: 'Delete draft' }).click();
    await dialog.getByRole('button', { name: 'Delete draft' }).click();
    await accountant.getByRole('button', { name: /^Drafts/ }).click();
    await expect(accountant.getByText('No invoices here.')).toBeVisible();
  });
}
