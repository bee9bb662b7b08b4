import { expectAccessible, viewportsToTest } from './pages/viewports.ts';
import { expect, openAs, test } from './start.ts';

/* The accountant's billing work: correct an issued invoice, preview the next run, start a run, read bank statements. */

for (const [where, options] of viewportsToTest('on a desktop')) {
  test(`${where}, an invoice is partly corrected offline; the issued correction lowers it and tells the client why`, async ({
    browser,
    app,
  }) => {
    const ines = await openAs(browser, app, 'ines', options);
    await ines.goto(`${app.url}/invoices`);
    await ines.getByRole('button', { name: 'All', exact: false }).last().click();
    const link = ines.getByRole('link', { name: /A\d{4}-000006/ });
    await expect(link).toBeVisible();
    await link.click();
    const total = await ines.getByTestId('invoice-total').innerText();
    await ines.context().setOffline(true);
    await ines.getByRole('button', { name: 'Correct…' }).click();
    const dialog = ines.getByRole('dialog');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(dialog.getByText('Fill in this field.').first()).toBeVisible();
    await expectAccessible(ines, 'a correction without a reason');
    await dialog.getByLabel('Reason').fill('The second week did not work');
    const boxes = dialog.getByRole('checkbox');
    for (let i = 1; i < (await boxes.count()); i += 1) await boxes.nth(i).uncheck();
    await dialog
      .getByLabel(/^Amount to credit/)
      .first()
      .fill('1.00');
    await expect(dialog.getByTestId('correction-total')).toHaveText('-1.21 €');
    await dialog.getByRole('button', { name: 'Save', exact: true }).click();
    await expect(ines.getByText('This is a draft.')).toBeVisible();
    await expect(ines.getByText('The second week did not work')).toBeVisible();
    await ines.getByRole('button', { name: 'Issue', exact: true }).click();
    await dialog.getByRole('button', { name: 'Issue', exact: true }).click();
    await ines.context().setOffline(false);
    await expect(ines.getByRole('heading', { name: /^R\d{4}-000001$/ })).toBeVisible();
    await expect(ines.getByTestId('invoice-total')).toHaveText('-1.21 €');
    await ines.getByRole('link', { name: /Corrects invoice A\d{4}-000006/ }).click();
    await expect(ines.getByTestId('invoice-total')).toHaveText(total);
    await expect(ines.getByTestId('invoice-corrected')).toHaveText('-1.21 €');
    await expect(ines.getByRole('link', { name: /^R\d{4}-000001$/ })).toBeVisible();

    const correctionEmails = () =>
      app.emails().then((all) => all.filter(({ subject }) => /which corrects A/.test(subject)));
    await expect.poll(async () => (await correctionEmails()).length, { timeout: 30_000 }).toBe(2); // client and accounting
    const [first] = await correctionEmails();
    expect(first?.text).toContain('The second week did not work');
    expect(first?.attachments[0]?.fileName).toMatch(/^R\d{4}-000001\.pdf$/);
  });
}

test('the accountant previews what the next run issues and why, and starts a run now', async ({
  browser,
  app,
}) => {
  const ines = await openAs(browser, app, 'ines');
  await ines.getByRole('link', { name: 'Billing', exact: true }).click();
  await expect(ines.getByRole('heading', { name: 'Billing' })).toBeVisible();
  await ines.getByRole('button', { name: 'Next run' }).click();
  await ines.getByLabel('Run for').fill(`${new Date().getFullYear() + 1}-02-01`);
  await ines.getByRole('button', { name: 'Show' }).click();
  await expect(ines.getByTestId('next-run')).toContainText('It would issue 2 invoices');
  const invoice = ines.getByTestId('next-invoice').filter({ hasText: 'Librería Atalaya SL' });
  await invoice.locator('summary').click();
  await expect(invoice.getByText(/1\.00 € × 3[01]\/3[01] days/).first()).toBeVisible();
  await ines.getByRole('button', { name: /^Runs/ }).click();
  await ines.getByRole('button', { name: 'Run now' }).click();
  const run = ines.getByTestId('run').filter({ hasText: 'requested by' });
  await expect(run.getByText('done')).toBeVisible({ timeout: 30_000 });
  await expect(run.getByText('Nothing was due.')).toBeVisible();
});

test('the accountant adds adjustments to the next invoice of a client and removes a wrong one', async ({
  browser,
  app,
}) => {
  const ines = await openAs(browser, app, 'ines');
  await ines.goto(`${app.url}/billing`);
  await ines.getByRole('button', { name: 'Next run' }).click();
  for (const [text, amount] of [
    ['Migration of the shop', '40.00'],
    ['Typed wrong', '12,50'],
  ] as const) {
    await ines.getByRole('button', { name: 'New adjustment' }).click();
    const dialog = ines.getByRole('dialog');
    await dialog.getByLabel('Client').selectOption({ label: 'Lucía Navarro' });
    await dialog.getByLabel('Description').fill(text);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog.getByText('Enter an amount such as 12.50 or -5.')).toBeVisible();
    await dialog.getByLabel('Amount excl. VAT').fill(amount);
    await dialog.getByRole('button', { name: 'Save' }).click();
    await expect(dialog).toHaveCount(0);
    await expect(ines.getByRole('button', { name: `Remove: ${text}` })).toBeVisible();
  }
  await ines.getByRole('button', { name: 'Remove: Typed wrong' }).click();
  await expect(ines.getByText('Typed wrong')).toHaveCount(0);
  const invoice = ines.getByTestId('next-invoice').filter({ hasText: 'Librería Atalaya SL' });
  await invoice.locator('summary').click();
  await expect(invoice.getByText('Migration of the shop')).toBeVisible();
  await ines.getByRole('button', { name: 'Remove: Migration of the shop' }).click();
  await expect(ines.getByText('No pending adjustments.')).toBeVisible();
});

test('a bank statement is read offline: a matching payment is proposed and booked, and reading it again finds it booked', async ({
  browser,
  app,
}) => {
  const ines = await openAs(browser, app, 'ines');
  await ines.goto(`${app.url}/invoices`);
  const open = ines.locator('a[href^="/invoices/"]').first();
  const number = /A\d{4}-\d{6}/.exec(await open.innerText())?.[0] ?? '';
  const amount = /([\d.]+) €/.exec(await open.innerText())?.[1] ?? '';
  await ines.getByRole('link', { name: 'Billing', exact: true }).click();
  await ines.getByRole('button', { name: 'Bank' }).click();
  await expect(ines.getByLabel('Bank statement')).toBeVisible();
  await ines.context().setOffline(true);
  const [year, month, date] = new Date().toISOString().slice(0, 10).split('-');
  const csv = `Fecha;Concepto;Ordenante;Importe\n${date}/${month}/${year};Fra ${number};KESTREL;${amount.replace('.', ',')}\n02/03/2026;nada;NADIE;77,77\n02/03/2026;luz;;-40,00\n02/03/2026;corta\n`;
  const file = { name: 'extracto.csv', mimeType: 'text/csv', buffer: Buffer.from(csv) };
  await ines.getByLabel('Bank statement').setInputFiles(file);
  await expect(ines.getByText('0 of them are booked already.')).toBeVisible();
  await expect(ines.getByTestId('bank-line')).toContainText(`${number}`);
  await expect(ines.getByText('77.77 €')).toBeVisible();
  await expect(ines.getByTestId('bank-sums')).toContainText('1 line out');
  await expect(ines.getByTestId('bank-unread')).toContainText('too few or too many cells');
  await ines.getByRole('button', { name: 'Book 1 line' }).click();
  await expect(ines.getByText('1 of them is booked already.')).toBeVisible();
  await ines.context().setOffline(false);
  await ines.reload();
  await ines.getByRole('button', { name: 'Bank' }).click();
  await ines.getByLabel('Bank statement').setInputFiles(file);
  await expect(ines.getByText('1 of them is booked already.')).toBeVisible();
  await ines.getByRole('link', { name: 'Invoices', exact: true }).click();
  await ines.getByRole('button', { name: /^Paid/ }).click();
  await expect(ines.getByRole('link', { name: new RegExp(number) })).toBeVisible();
});
