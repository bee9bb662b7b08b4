import { readFile } from 'node:fs/promises';
import mariadb from 'mariadb';
import { ticketsOn, twoAgentsOn } from './pages/tickets.ts';
import { expect, openAs, test, type App } from './start.ts';

/* How agents who work offline see each other's answers and taken tickets, and how they undo a change. */

const subject = 'Rally server drops everyone after about ten minutes';

/** Returns the outbox states of the e-mails of one kind that were created since a time in epoch milliseconds. */
async function emailStates(app: App, kind: string, since: number): Promise<string[]> {
  const connection = await mariadb.createConnection(app.database);
  const sql = 'SELECT state FROM outbox WHERE kind = ? AND created_at >= ?';
  const rows = await connection.query<{ state: string }[]>(sql, [kind, since]);
  await connection.end();
  return rows.map(({ state }) => state);
}

test('two agents answer one ticket, one offline: both answers are kept, and the offline one is mailed only on request', async ({
  browser,
  app,
}) => {
  const [ana, marc] = await twoAgentsOn(browser, app, subject);
  await ana.context().setOffline(true);
  await ticketsOn(ana).answer('Restart the game server, please.');
  await ticketsOn(marc).answer('The firewall closed idle connections; mended.');
  await expect(marc.getByTestId('waiting-mark')).toHaveCount(0);
  // She is on another page when the decision comes up.
  await ana
    .getByRole('link', { name: /waiting/ })
    .first()
    .click();
  await expect(ana).toHaveURL(/\/sync-issues$/);
  await ana.context().setOffline(false);

  await expect(ana.getByTestId('held').first()).toContainText('needs your decision');
  await expect(ticketsOn(marc).messages.filter({ hasText: 'Restart the game server' })).toHaveCount(1);
  const emailCount = async () =>
    (await app.emails()).filter(({ text }) => text.includes('Restart the game')).length;
  expect(await emailCount()).toBe(0);

  await expect(ana.getByTestId('held-answer')).toBeVisible();
  const heldAnswer = ana.getByTestId('held-answer');
  await expect(heldAnswer).toContainText('Restart the game server, please.');
  await heldAnswer.getByRole('button', { name: 'E-mail it to the client' }).click();
  await expect(heldAnswer).toHaveCount(0);
  await expect(ana.getByTestId('held')).toHaveCount(0);
  await expect.poll(emailCount, { timeout: 30_000 }).toBe(1);
  await ana.goto(`${app.url}/tickets`);
  await ticketsOn(ana).open(subject);
  await expect(ticketsOn(ana).messages.filter({ hasText: 'mended' })).toHaveCount(1);
});

test('two agents take one ticket, one offline: the first keeps it, and the other sees who has it', async ({
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

test('a refused close can be edited, with its comment, and sent again', async ({ browser, app }) => {
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
  // The ticket is open again on his device too.
  await expect(marc.getByTestId('current').filter({ hasText: /^\s*Open\s*$/ })).toBeVisible();
  await marc.getByTestId('refusal').getByRole('button', { name: 'Edit and send again' }).click();
  const dialog = marc.getByRole('dialog');
  await expect(dialog.getByRole('textbox')).toHaveValue('Restarted it, took me an hour');
  await dialog.getByRole('button', { name: 'Close ticket' }).click();
  await expect(ticketsOn(ana).status).toHaveText('Closed');
  await expect(ana.getByText('Restarted it, took me an hour')).toBeVisible();
});

test('undoing a close within seconds reopens the ticket, and nobody gets an e-mail about it', async ({
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
  await expect.poll(() => emailStates(app, 'ticket-closed', start)).toEqual(['cancelled']);
});

test('a half-typed closing comment and a half-typed payment survive a reload', async ({ browser, app }) => {
  const ana = await openAs(browser, app, 'ana');
  await ticketsOn(ana).open(subject);
  await ana.getByRole('button', { name: 'Close', exact: true }).click();
  await ana.getByRole('dialog').getByRole('textbox').fill('Half a comment');
  const ines = await openAs(browser, app, 'ines');
  await ines.goto(`${app.url}/invoices`);
  await ines.locator('a[href^="/invoices/"]').first().click();
  await ines.getByRole('button', { name: 'Book payment', exact: true }).click();
  await ines.getByRole('dialog').getByLabel('Reference').fill('Half a reference');
  await ines.waitForTimeout(500); // drafts are saved 250 ms after the last key
  await ana.reload();
  await ana.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(ana.getByRole('dialog').getByRole('textbox')).toHaveValue('Half a comment');
  await ines.reload();
  await ines.getByRole('button', { name: 'Book payment', exact: true }).click();
  await expect(ines.getByRole('dialog').getByLabel('Reference')).toHaveValue('Half a reference');
});

test('a note and an answer are written offline and the ticket is handed over: the other queue reads both', async ({
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
  const handOver = ana.getByRole('dialog');
  await handOver.getByLabel(/^Note/).fill('Clause 7 is about prices.');
  await handOver.getByRole('button', { name: 'Hand over' }).click();
  await expect(ana).toHaveURL(/\/tickets$/);
  await ana.context().setOffline(false);
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(ana.getByTestId('refused')).toHaveCount(0);
  await ines.goto(`${app.url}/tickets`);
  await ticketsOn(ines).open(subject);
  const texts = [
    'The contract has no such server',
    'Our accountant looks into it.',
    'Clause 7 is about prices.',
  ];
  for (const text of texts) {
    await expect(ticketsOn(ines).messages.filter({ hasText: text })).toBeVisible();
  }
  const [download] = await Promise.all([
    ines.waitForEvent('download'),
    ines.getByTestId('file').filter({ hasText: 'contract.txt' }).click(),
  ]);
  expect(await readFile(await download.path(), 'utf8')).toBe('Clause 7');
});
