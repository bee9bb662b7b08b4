import { readFile } from 'node:fs/promises';
import mariadb from 'mariadb';
import { ticketsOn, twoAgentsOn } from './pages/tickets.ts';
import { expect, openAs, test, type App } from './start.ts';

/* What people see of each other's work without network: answers, tickets taken, and ways back. */

const subject = 'Rally server drops everyone after about ten minutes';

/** Whether letters of a kind that were written since then wait, were sent, or never will be. */
async function statesOf(app: App, kind: string, since: number): Promise<string[]> {
  const connection = await mariadb.createConnection(app.database);
  const sql = 'SELECT state FROM outbox WHERE kind = ? AND created_at >= ?';
  const rows = await connection.query<{ state: string }[]>(sql, [kind, since]);
  await connection.end();
  return rows.map(({ state }) => state);
}

test('two agents answer one ticket offline: both answers are there, the second is asked before theirs is mailed', async ({
  browser,
  app,
}) => {
  const [ana, marc] = await twoAgentsOn(browser, app, subject);
  await ana.context().setOffline(true);
  await ticketsOn(ana).answer('Restart the game server, please.');
  await ticketsOn(marc).answer('The firewall closed idle connections; mended.');
  await expect(marc.getByTestId('waiting-mark')).toHaveCount(0);
  // Wherever she is when it comes in.
  await ana
    .getByRole('link', { name: /waiting/ })
    .first()
    .click();
  await ana.context().setOffline(false);

  await expect(ana.getByTestId('held').first()).toContainText('waits for your decision');
  await expect(ticketsOn(marc).messages.filter({ hasText: 'Restart the game server' })).toHaveCount(1);
  const subjects = async () =>
    (await app.emails()).filter(({ text }) => text.includes('Restart the game')).length;
  expect(await subjects()).toBe(0);

  await expect(ana.getByTestId('held-answer')).toBeVisible();
  const asked = ana.getByTestId('held-answer');
  await expect(asked).toContainText('Restart the game server, please.');
  await asked.getByRole('button', { name: 'Mail it to the client' }).click();
  await expect(asked).toHaveCount(0);
  await expect(ana.getByTestId('held')).toHaveCount(0);
  await expect.poll(subjects, { timeout: 30_000 }).toBe(1);
  await ana.goto(`${app.url}/tickets`);
  await ticketsOn(ana).open(subject);
  await expect(ticketsOn(ana).messages.filter({ hasText: 'mended' })).toHaveCount(1);
});

test('two agents take one ticket offline: the first has it, the other is told who', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  const marc = await openAs(browser, app, 'marc');
  for (const page of [ana, marc]) {
    await ticketsOn(page).open(subject);
    const release = page.getByRole('button', { name: 'Release', exact: true });
    if (await release.isVisible()) await release.click();
  }
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(marc.getByRole('button', { name: 'Take', exact: true })).toBeVisible();
  await expect(ana.getByRole('button', { name: 'Take', exact: true })).toBeVisible();
  await marc.context().setOffline(true);
  await ana.getByRole('button', { name: 'Take', exact: true }).click();
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await marc.getByRole('button', { name: 'Take', exact: true }).click();
  await marc.context().setOffline(false);
  await marc.getByTestId('refused').getByRole('link').click();
  const refusal = marc.getByTestId('refusal');
  await expect(refusal).toContainText('Ana Ruiz took the ticket before you.');
  await expect(refusal.getByTestId('mine')).toContainText('Marc');
  await expect(refusal.getByTestId('current')).toContainText('Ana');
});

test('a refused closing is opened ready to edit, with its comment, and sent again', async ({
  browser,
  app,
}) => {
  const [ana, marc] = await twoAgentsOn(browser, app, subject);
  await marc.context().setOffline(true);
  await ticketsOn(ana).close('Firewall rule corrected');
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await ticketsOn(marc).close('Restarted it, took me an hour');
  await marc.context().setOffline(false);
  await marc.getByTestId('refused').getByRole('link').click();
  await expect(marc.getByTestId('current').filter({ hasText: 'Firewall rule corrected' })).toBeVisible();
  await ana.getByRole('button', { name: 'Reopen' }).click();
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  // What he closes is open again on his device too.
  await expect(marc.getByTestId('current').filter({ hasText: /^\s*Open\s*$/ })).toBeVisible();
  await marc.getByTestId('refusal').getByRole('button', { name: 'Edit and send again' }).click();
  const dialog = marc.getByRole('dialog');
  await expect(dialog.getByRole('textbox')).toHaveValue('Restarted it, took me an hour');
  await dialog.getByRole('button', { name: 'Close ticket' }).click();
  await expect(ticketsOn(ana).status).toHaveText('Closed');
  await expect(ana.getByText('Restarted it, took me an hour')).toBeVisible();
});

test('undo within seconds: a closed ticket is open again and nobody gets an e-mail about it', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  const start = Date.now();
  await ticketsOn(page).close('By mistake');
  await expect(ticketsOn(page).status).toHaveText('Closed');
  await expect(page.getByTestId('waiting-mark')).toHaveCount(0);
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(ticketsOn(page).status).not.toHaveText('Closed');
  await expect(page.getByTestId('waiting-mark')).toHaveCount(0);
  await expect.poll(() => statesOf(app, 'ticket-closed', start)).toEqual(['cancelled']);
});

test('what is half typed into a form survives a reload: a closing comment, a payment', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  await ticketsOn(ana).open(subject);
  await ana.getByRole('button', { name: 'Close', exact: true }).click();
  await ana.getByRole('dialog').getByRole('textbox').fill('Half a comment');
  const ines = await openAs(browser, app, 'ines');
  await ines.goto(`${app.url}/invoices`);
  await ines.locator('a[href^="/invoices/"]').first().click();
  await ines.getByRole('button', { name: 'Book payment', exact: true }).click();
  await ines.getByRole('dialog').getByLabel('Reference').fill('Half a reference');
  await ines.waitForTimeout(500); // drafts are kept a quarter of a second after the last key
  await ana.reload();
  await ana.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(ana.getByRole('dialog').getByRole('textbox')).toHaveValue('Half a comment');
  await ines.reload();
  await ines.getByRole('button', { name: 'Book payment', exact: true }).click();
  await expect(ines.getByRole('dialog').getByLabel('Reference')).toHaveValue('Half a reference');
});

test('a note and an answer written without network, then handed over: the other queue reads both', async ({
  browser,
  app,
}) => {
  const [ana, ines] = [await openAs(browser, app, 'ana'), await openAs(browser, app, 'ines')];
  const subject = 'Rally server drops everyone after about ten minutes';
  await ticketsOn(ana).open(subject);
  await ana.context().setOffline(true);
  await ticketsOn(ana).answer('The contract has no such server', { note: true });
  await expect(ana.getByRole('switch', { name: 'Internal note' })).not.toBeChecked();
  const file = { name: 'contract.txt', mimeType: 'text/plain', buffer: Buffer.from('Clause 7') };
  await ana.getByTestId('chooser').setInputFiles(file);
  await ticketsOn(ana).answer('Our accountant looks into it.');
  await ana.getByRole('button', { name: 'More', exact: true }).last().click();
  await ana.getByRole('menuitem', { name: /billing/i }).click();
  await ana.context().setOffline(false);
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(ana.getByTestId('refused')).toHaveCount(0);
  await ines.goto(`${app.url}/tickets`);
  await ticketsOn(ines).open(subject);
  for (const text of ['The contract has no such server', 'Our accountant looks into it.']) {
    await expect(ticketsOn(ines).messages.filter({ hasText: text })).toBeVisible();
  }
  const [download] = await Promise.all([
    ines.waitForEvent('download'),
    ines.getByTestId('file').filter({ hasText: 'contract.txt' }).click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toBe('Clause 7');
});
