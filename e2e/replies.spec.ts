import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

const subject = 'Rally server drops everyone after about ten minutes';

test('an agent saves a canned reply offline and inserts it, filled in, below the text that was already typed', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  await ticketsOn(ana).open(subject);
  await ana.getByRole('button', { name: 'Canned replies' }).click();
  await ana.getByRole('menuitem', { name: 'Edit canned replies…' }).click();
  await ana.context().setOffline(true);
  await ana.getByRole('button', { name: 'New canned reply' }).click();
  const dialog = ana.getByRole('dialog');
  await dialog.getByLabel('Name').fill('Restarted');
  await dialog.getByLabel('Text').fill('Hello {client},\n\nwe restarted it (#{number}). {agent}');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(ana.getByTestId('reply').filter({ hasText: 'Restarted' })).toBeVisible();

  // The page of unsent writes leads back to it.
  await ana.getByTestId('freshness').filter({ visible: true }).click();
  await ana.getByTestId('waiting').filter({ hasText: 'Restarted' }).getByRole('link').click();
  await expect(ana.getByTestId('reply').filter({ hasText: 'Restarted' })).toBeVisible();

  await ana.getByRole('link', { name: 'Inbox' }).click();
  await ticketsOn(ana).open(subject);
  const number = (await ticketsOn(ana).number.textContent())?.replace(/\D/g, '') ?? '';
  await ticketsOn(ana).reply.fill('First things first.');
  await ana.getByRole('button', { name: 'Canned replies' }).click();
  await ana.getByRole('menuitem', { name: 'Restarted' }).click();
  await expect(ticketsOn(ana).reply).toHaveValue(
    new RegExp(`^First things first\\.\\n\\nHello [^{]+,\\n\\nwe restarted it \\(#${number}\\)\\. Ana`),
  );
  await ana.getByRole('button', { name: 'Send', exact: true }).click();
  await ana.context().setOffline(false);
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(ana.getByTestId('refused')).toHaveCount(0);
});

test('redacting a message removes its text for both sides, but shows that there was a message', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  const client = await openAs(browser, app, 'tom');
  await ticketsOn(ana).open(subject);
  await client.getByRole('link', { name: 'Tickets', exact: true }).click();
  await ticketsOn(client).open(subject);
  await ticketsOn(ana).answer('The root password is hunter2');
  await expect(ana.getByTestId('waiting-mark')).toHaveCount(0);
  const clientCopy = ticketsOn(client).messages.filter({ hasText: 'hunter2' });
  await expect(clientCopy).toHaveCount(1);
  await expect(clientCopy.getByRole('button', { name: 'Delete message' })).toHaveCount(0); // the client did not write it
  await ana.context().setOffline(true);
  const agentCopy = ticketsOn(ana).messages.filter({ hasText: 'hunter2' });
  await agentCopy.getByRole('button', { name: 'Delete message' }).click();
  await ana.getByRole('dialog').getByRole('button', { name: 'Delete message' }).click();
  await expect(ana.getByText('This message was deleted.')).toBeVisible();
  await ana.context().setOffline(false);
  await expect(client.getByText('This message was deleted.')).toBeVisible();
  await expect(clientCopy).toHaveCount(0);
  await expect(agentCopy).toHaveCount(0);
  await expect(ana.getByTestId('refused')).toHaveCount(0);
});

test('an agent changes the subject and service of a ticket offline, and its client sees the new subject', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  const client = await openAs(browser, app, 'tom');
  await ticketsOn(ana).open(subject);
  await ana.context().setOffline(true);
  await ana.getByRole('button', { name: 'More', exact: true }).click();
  await ana.getByRole('menuitem', { name: 'Edit subject and service…' }).click();
  const dialog = ana.getByRole('dialog');
  await dialog.getByLabel('Subject').fill('Players are disconnected');
  await dialog.getByLabel('Service').selectOption({ index: 0 });
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(ana.getByRole('heading', { name: 'Players are disconnected' })).toBeVisible();
  await ana.context().setOffline(false);
  await client.getByRole('link', { name: 'Tickets', exact: true }).click();
  await ticketsOn(client).open('Players are disconnected');
  await expect(ana.getByTestId('refused')).toHaveCount(0);
});
