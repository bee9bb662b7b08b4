import { viewports } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* What an agent does all day: the one who waits longest, what is new in it, an answer, the next one. */

test('the longest waiting ticket is first; sending and closing goes to the next, and can be undone', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  const inbox = ticketsOn(page);
  await page.getByRole('button', { name: /^Waiting/ }).click();
  await inbox.list.getByRole('button').first().click();
  await expect(inbox.messages.first()).toBeVisible();
  const subject = await page.locator('section header h2').innerText();
  await inbox.reply.fill('Done, please look.');
  await page.getByRole('button', { name: 'Send and close' }).click();
  await expect(page.getByText('Reply sent, ticket closed.')).toBeVisible();
  await expect(page.locator('section header h2')).not.toHaveText(subject);
  await page.getByRole('button', { name: 'Undo' }).click();
  await page.getByRole('searchbox').first().fill(subject);
  await inbox.open(subject);
  await expect(page.getByRole('button', { name: 'Close', exact: true })).toBeVisible();
  await expect(inbox.messages.filter({ hasText: 'Done, please look.' })).toBeVisible();
});

test('a conversation opens at what is new, and at its end once it was read', async ({ browser, app }) => {
  const subject = 'Rally server drops everyone after about ten minutes';
  const client = await openAs(browser, app, 'tom');
  const agent = await openAs(browser, app, 'ana');
  await ticketsOn(agent).open(subject);
  await ticketsOn(agent).answer('We look into it.');
  await agent.getByRole('link', { name: 'Orders', exact: true }).click();
  await client.getByRole('link', { name: 'Tickets', exact: true }).click();
  await ticketsOn(client).open(subject);
  const long = (what: string) => `${what} ${'and one more line\n'.repeat(30)}`;
  for (const what of ['First news', 'Second news']) await ticketsOn(client).answer(long(what));
  await expect(client.getByTestId('waiting-mark')).toHaveCount(0);
  await agent.getByRole('link', { name: 'Inbox', exact: true }).click();
  await ticketsOn(agent).open(subject);
  const mark = agent.getByText('New', { exact: true });
  await expect(mark).toBeInViewport();
  await expect(agent.getByRole('log').getByText('First news')).toBeInViewport();
  await expect(agent.getByRole('log').getByText('Second news')).not.toBeInViewport();
  await agent.getByRole('link', { name: 'Orders', exact: true }).click();
  await agent.getByRole('link', { name: 'Inbox', exact: true }).click();
  await ticketsOn(agent).open(subject);
  await expect(mark).toHaveCount(0);
  await expect(agent.getByRole('log').getByText('First news')).not.toBeInViewport();
});

test('a picture is pasted into an answer, and on a phone the box is one line until it is used', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana', viewports['on a phone']);
  await ticketsOn(page).open('Rally server drops everyone after about ten minutes');
  const { reply } = ticketsOn(page);
  const send = page.getByRole('button', { name: 'Send', exact: true });
  await expect(send).toBeHidden();
  const before = (await reply.boundingBox())?.height ?? 0;
  await reply.click();
  await expect(send).toBeVisible();
  expect((await reply.boundingBox())?.height ?? 0).toBeGreaterThan(before);
  await reply.evaluate((field) => {
    const data = new DataTransfer();
    data.items.add(new File(['seen'], 'screen.txt', { type: 'text/plain' }));
    field.dispatchEvent(
      new ClipboardEvent('paste', { clipboardData: data, bubbles: true, cancelable: true }),
    );
  });
  await expect(page.getByText('screen.txt')).toBeVisible();
  await send.click();
  await expect(ticketsOn(page).messages.filter({ hasText: 'screen.txt' })).toBeVisible();
});
