import { expectAccessible, livedIn } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* The accountant's day: a question about an invoice, an invoice by hand, also on a phone on a train. */

for (const [where, options] of livedIn('at a desk')) {
  test(`${where} the accountant answers a billing ticket without network; the client reads it`, async ({
    browser,
    app,
  }) => {
    const client = await openAs(browser, app, 'lucia');
    await client.getByRole('button', { name: 'New ticket' }).first().click();
    const asked = client.getByRole('dialog');
    await asked.getByLabel('About').selectOption('Billing');
    await asked.getByLabel('Subject').fill('Which VAT is this?');
    await asked.getByLabel('Message').fill('On the last invoice');
    await asked.getByRole('button', { name: 'Create ticket' }).click();

    const books = await openAs(browser, app, 'ines', options);
    await books.goto(`${app.url}/tickets`);
    await ticketsOn(books).open('Which VAT is this?');
    await expectAccessible(books, 'the billing ticket');
    await books.context().setOffline(true);
    await ticketsOn(books).answer('It is 21 %, the standard rate.');
    await expect(books.getByTestId('waiting-mark').first()).toBeVisible();
    await books.context().setOffline(false);
    await expect(books.getByTestId('waiting-mark')).toHaveCount(0);
    await expect(ticketsOn(client).messages.filter({ hasText: 'the standard rate' })).toBeVisible();
    const told = async () => (await app.emails()).map(({ to, text }) => `${to} ${text}`).join('\n');
    await expect.poll(told).toContain('standard rate');
  });
}

for (const [where, options] of livedIn('on a phone')) {
  test(`${where} an invoice is written by hand without network, issued and paid; another draft is thrown away`, async ({
    browser,
    app,
  }) => {
    const books = await openAs(browser, app, 'ines', options);
    const dialog = books.getByRole('dialog');
    const write = async (text: string) => {
      await books.goto(`${app.url}/invoices`);
      await books.getByRole('button', { name: 'New invoice' }).click();
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(dialog.getByRole('alert').first()).toBeVisible();
      await expectAccessible(books, 'a draft that lacks something');
      await dialog.getByLabel('Client').selectOption('Tom Kestrel');
      await dialog.getByLabel('Text').fill(text);
      await dialog.getByLabel('Quantity').fill('2');
      await dialog.getByLabel('Net price').fill('12.50');
      await dialog.getByRole('button', { name: 'Save' }).click();
      await expect(books.getByText('This is a draft.')).toBeVisible();
    };
    await write('Setting up two machines');
    await books.context().setOffline(true);
    await books.getByRole('button', { name: 'Issue', exact: true }).click();
    await dialog.getByRole('button', { name: 'Issue', exact: true }).click();
    await books.context().setOffline(false);
    await expect(books.getByRole('heading', { name: /^A2026-/ })).toBeVisible();
    await expect(books.getByTestId('invoice-total')).toHaveText('30.25 €');
    await expect(books.getByRole('button', { name: 'PDF' })).toBeEnabled({ timeout: 30_000 });
    await write('Never mind');
    await books.getByRole('button', { name: 'Remove the draft' }).click();
    await dialog.getByRole('button', { name: 'Remove the draft' }).click();
    await books.getByRole('button', { name: /^Drafts/ }).click();
    await expect(books.getByText('No invoices here.')).toBeVisible();
  });
}
