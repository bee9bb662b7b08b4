import { ticketsOn, twoAgentsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* What an agent's screen keeps, and what it tells while a conversation goes on. */

const subject = 'Rally server drops everyone after about ten minutes';

test('each closing comment stays in the thread after the ticket is opened again', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  const tickets = ticketsOn(ana);
  await tickets.open(subject);
  for (const comment of ['Limit raised.', 'Cable replaced.']) {
    await tickets.close(comment);
    await expect(ana.getByText(comment)).toBeVisible();
    await expect(ana.getByText('closed the ticket').last()).toBeVisible();
    await ana.getByRole('button', { name: 'Reopen' }).click();
    // The toast about the closing, with its Undo, is gone.
    await expect(ana.getByRole('button', { name: 'Undo' })).toHaveCount(0);
    await expect(tickets.status).toHaveText('Open');
  }
  for (const comment of ['Limit raised.', 'Cable replaced.'])
    await expect(ana.getByText(comment)).toBeVisible();
});

test('tab, search and filter of the inbox survive a reload and a look at another page', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  await ana.getByRole('button', { name: /^Mine/ }).click();
  await ana.getByRole('searchbox').fill('rally');
  const row = ticketsOn(ana).list.getByRole('button', { name: subject });
  await expect(row).toBeVisible();
  const expectKept = async () => {
    await expect(ana.getByRole('searchbox')).toHaveValue('rally');
    await expect(ana.getByRole('button', { name: /^Mine/ })).toHaveAttribute('aria-pressed', 'true');
    await expect(row).toBeVisible();
  };
  await ana.reload();
  await expectKept();
  await ana.getByRole('link', { name: 'Announcements' }).click();
  await expect(ana).toHaveURL(/announcements$/);
  await ana.goBack();
  await expectKept();
});

test('an agent who writes an answer is told that a colleague has answered', async ({ browser, app }) => {
  const [ana, marc] = await twoAgentsOn(browser, app, subject);
  await ticketsOn(ana).reply.fill('It is the firewall, I think');
  await ticketsOn(marc).answer('It is the firewall.');
  await expect(ana.getByTestId('answered-meanwhile')).toContainText('Marc Vidal replied');
  await expect(ticketsOn(ana).reply).toHaveValue('It is the firewall, I think');
  // Nobody is interrupted who writes nothing.
  await expect(marc.getByTestId('answered-meanwhile')).toHaveCount(0);
});

test('two tabs show the same draft of an answer, and neither replaces the other', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  await ticketsOn(ana).open(subject);
  const other = await ana.context().newPage();
  await other.goto(ana.url());
  await expect(other.getByRole('heading', { name: subject })).toBeVisible();
  await ticketsOn(ana).reply.fill('Written in the first tab');
  await expect(ticketsOn(other).reply).toHaveValue('Written in the first tab');
  await ticketsOn(other).reply.fill('Written in the first tab, and in the second');
  await expect(ticketsOn(ana).reply).toHaveValue('Written in the first tab, and in the second');
  await other.close();
});

test('a long answer is seen whole while it is written, and the toast of an action never covers Send', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  await ticketsOn(ana).open(subject);
  await ana.getByRole('button', { name: 'Take', exact: true }).click();
  await expect(ana.getByRole('button', { name: 'Undo' })).toBeVisible();
  const text = Array.from({ length: 8 }, (_, n) => `Line ${n + 1}`).join('\n');
  await ticketsOn(ana).reply.fill(text);
  const { clientHeight, scrollHeight } = await ticketsOn(ana).reply.evaluate((field) => ({
    clientHeight: field.clientHeight,
    scrollHeight: field.scrollHeight,
  }));
  expect(scrollHeight).toBeLessThanOrEqual(clientHeight + 1);
  await ana.getByRole('button', { name: 'Send', exact: true }).click();
  await expect(ticketsOn(ana).messages.filter({ hasText: 'Line 8' })).toBeVisible();
  // The ticket is still taken: the click was on Send, not on Undo.
  await expect(ana.getByRole('button', { name: 'Release' })).toBeVisible();
});

test('the back button closes an open dialog, and the ticket under it stays', async ({ browser, app }) => {
  const ana = await openAs(browser, app, 'ana');
  await ticketsOn(ana).open(subject);
  await ana.getByRole('button', { name: 'Close', exact: true }).click();
  const dialog = ana.getByRole('dialog');
  await dialog.getByLabel('Closing comment').fill('Half a comment');
  await ana.goBack();
  await expect(dialog).toBeHidden();
  await expect(ana.getByRole('heading', { name: subject })).toBeVisible();
  await ana.getByRole('button', { name: 'Close', exact: true }).click();
  await expect(ana.getByRole('dialog').getByLabel('Closing comment')).toHaveValue('Half a comment');
});
