import type { Page } from '@playwright/test';
import { expectAccessible, goTo, viewports } from './pages/viewports.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* An agent's day in a full inbox: finding, reading, answering and closing tickets without a mouse. */

/** Pushes `count` tickets (in steps of 50) of the client who is signed in on this page, as their device would. */
async function createManyTickets(page: Page, count: number): Promise<void> {
  await page.evaluate(async (total) => {
    const { id: client } = JSON.parse(localStorage.getItem('cstims.session') ?? '{}') as { id: string };
    const hex = (length: number) =>
      [...crypto.getRandomValues(new Uint8Array(length))].map((byte) => (byte % 16).toString(16)).join('');
    const newId = () => {
      const time = Date.now().toString(16).padStart(12, '0');
      return `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`;
    };
    const send = async (collection: string, rows: object[]) => {
      const answer = await fetch('/api/trpc/sync.push', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ collection, epoch: 0, device: 'many', deviceNow: Date.now(), rows }),
      });
      if (!answer.ok) throw new Error(await answer.text());
    };
    for (let offset = 0; offset < total; offset += 50) {
      const tickets = Array.from({ length: 50 }, (_, i) => ({
        id: newId(),
        client,
        order: null,
        queue: 'technical',
        status: 'open',
        subject: `Question ${offset + i + 1}`,
        writtenAt: Date.now() - 1_000 + i,
      }));
      await send(
        'tickets',
        tickets.map((next) => ({ base: null, next })),
      );
      const messages = tickets.map(({ id, subject }, i) => ({
        base: null,
        next: {
          id: newId(),
          ticket: id,
          kind: 'answer',
          body: `About ${subject}`,
          writtenAt: Date.now() + i,
        },
      }));
      await send('messages', messages);
    }
  }, count);
}

test('an agent works an inbox of 200 by keyboard alone: next, take, note, answer, high priority, close with a comment, also offline', async ({
  browser,
  app,
}) => {
  test.slow(); // covers a long day
  const lucia = await openAs(browser, app, 'lucia');
  await createManyTickets(lucia, 200);
  const agent = await openAs(browser, app, 'ana');
  const inbox = ticketsOn(agent);
  const { keyboard } = agent;
  const subject = agent.locator('section header h2');
  await expect(inbox.list.getByText('Question 200', { exact: true })).toBeVisible();

  await keyboard.press('f');
  await keyboard.type('question 137');
  // Two tickets match: the one with that number and the one with that subject. The newer comes first.
  await expect(inbox.list.getByRole('button')).toHaveCount(2);
  await keyboard.press('Enter');
  await keyboard.press('j');
  await expect(subject).toHaveText('Question 137');
  await keyboard.press('h');
  await expect(inbox.list.getByLabel('High priority')).toBeVisible();
  // The ticket may already be assigned to this agent: then release it before taking it.
  if (await agent.getByRole('button', { name: 'Release', exact: true }).isVisible()) {
    await keyboard.press('t');
    await expect(agent.getByRole('button', { name: 'Take', exact: true })).toBeVisible();
  }
  await keyboard.press('t');
  await expect(agent.getByText('Ticket assigned to you.')).toBeVisible();
  await keyboard.press('n');
  await keyboard.type('Looks like the **DNS**');
  await keyboard.press('Control+Enter');
  const note = inbox.messages.filter({ hasText: 'Looks like the DNS' });
  await expect(note.locator('strong', { hasText: 'DNS' })).toBeVisible();
  await keyboard.press('Escape');

  await agent.context().setOffline(true);
  await keyboard.press('r');
  // After a note, the next message is an answer again.
  await expect(agent.getByRole('switch', { name: 'Internal note' })).not.toBeChecked();
  await keyboard.type('It works again.');
  await keyboard.press('Control+Enter');
  await keyboard.press('Escape');
  await expect(inbox.messages.filter({ hasText: 'It works again.' })).toBeVisible();
  await keyboard.press('c');
  const dialog = agent.getByRole('dialog');
  await expect(dialog).toBeVisible();
  const comment = dialog.getByLabel('Closing comment');
  const isFocused = () => comment.evaluate((each) => each === document.activeElement);
  for (let i = 0; i < 4 && !(await isFocused()); i += 1) await keyboard.press('Tab');
  await keyboard.type('A record was missing');
  await keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
  await expect(inbox.status).toHaveText('Closed');
  await agent.context().setOffline(false);
  await expect(agent.getByTestId('waiting-mark')).toHaveCount(0);

  // The client reads the answer and the comment.
  await lucia.getByRole('link', { name: 'Tickets', exact: true }).click();
  await lucia.getByRole('button', { name: 'All', exact: true }).click();
  await ticketsOn(lucia).open('Question 137');
  await expect(ticketsOn(lucia).messages.filter({ hasText: 'It works again.' })).toBeVisible();
  await expect(ticketsOn(lucia).messages.filter({ hasText: 'DNS' })).toHaveCount(0);
  await expect(lucia.getByText('A record was missing')).toBeVisible();

  // Move through the list and choose several tickets at once.
  await keyboard.press('f');
  await keyboard.press('Control+a');
  await keyboard.press('Delete');
  await keyboard.press('Enter');
  await keyboard.press('u');
  for (let i = 0; i < 3; i += 1) {
    await keyboard.press('j');
    await keyboard.press('x');
  }
  await expect(agent.getByRole('toolbar', { name: '3 selected' })).toBeVisible();
  await keyboard.press('a');
  await expect(dialog).toBeVisible();
  const marc = dialog.getByLabel(/Marc Vidal/);
  await expect(marc).toBeVisible();
  const isRadioFocused = () => agent.evaluate(() => document.activeElement?.matches('input[type=radio]'));
  for (let i = 0; i < 4 && !(await isRadioFocused()); i += 1) await keyboard.press('Tab');
  for (let i = 0; i < 6 && !(await marc.isChecked()); i += 1) await keyboard.press('ArrowDown');
  await keyboard.press('Control+Enter');
  await expect(dialog).toBeHidden();
  await expect(inbox.list.getByText('Marc Vidal').first()).toBeAttached();
});

test('on a phone an agent works the same inbox by touch: find, take, answer, close, also offline', async ({
  browser,
  app,
}) => {
  test.slow(); // covers a long day
  const phone = viewports['on a phone'];
  const lucia = await openAs(browser, app, 'lucia', phone);
  await createManyTickets(lucia, 200);
  const agent = await openAs(browser, app, 'ana', phone);
  const inbox = ticketsOn(agent);
  await expect(inbox.list.getByText('Question 200', { exact: true })).toBeVisible();
  await expectAccessible(agent, 'an inbox of 200');
  await agent.getByRole('searchbox').fill('question 137');
  await inbox.open('Question 137');
  const choose = async (name: string) => {
    await agent.getByRole('button', { name: 'More', exact: true }).last().tap();
    await agent.getByRole('menuitem', { name, exact: true }).tap();
  };
  // The ticket may already be assigned to this agent: then release it before taking it.
  await agent.getByRole('button', { name: 'More', exact: true }).last().tap();
  await expect(agent.getByRole('menuitem').first()).toBeVisible();
  const isMine = await agent.getByRole('menuitem', { name: 'Release', exact: true }).isVisible();
  await agent.keyboard.press('Escape');
  if (isMine) await choose('Release');
  await choose('Take');
  await expect(agent.getByText('Ticket assigned to you.')).toBeVisible();
  await expectAccessible(agent, 'a ticket that was taken');
  await agent.context().setOffline(true);
  await inbox.answer('Looks like the DNS', { note: true });
  await inbox.reply.click();
  // After a note, the next message is an answer again.
  await expect(agent.getByRole('switch', { name: 'Internal note' })).not.toBeChecked();
  await inbox.answer('It works again.');
  await inbox.close('A record was missing');
  await expect(inbox.status).toHaveText('Closed');
  await agent.context().setOffline(false);
  await expect(agent.getByTestId('waiting-mark')).toHaveCount(0);

  await goTo(lucia, 'Tickets');
  await lucia.getByRole('button', { name: 'All', exact: true }).click();
  await lucia.getByRole('searchbox').fill('question 137');
  await ticketsOn(lucia).open('Question 137');
  await expect(ticketsOn(lucia).messages.filter({ hasText: 'It works again.' })).toBeVisible();
  await expect(ticketsOn(lucia).messages.filter({ hasText: 'DNS' })).toHaveCount(0);
  await expect(lucia.getByText('A record was missing')).toBeVisible();
});

test('a new message is marked as unread for each person until they have seen it, on all their devices', async ({
  browser,
  app,
}) => {
  const ana = await openAs(browser, app, 'ana');
  const phone = await openAs(browser, app, 'ana', { viewport: { width: 390, height: 800 } });
  const lucia = await openAs(browser, app, 'lucia');
  await ticketsOn(lucia).create({ subject: 'Mail is late', body: 'Since noon' });
  const unread = (page: Page) =>
    ticketsOn(page).list.getByRole('button', { name: 'Mail is late' }).getByTestId('unread');
  await expect(unread(ana)).toBeVisible();
  await expect(unread(phone)).toBeVisible();
  await ticketsOn(ana).open('Mail is late');
  await expect(unread(ana)).toHaveCount(0);
  await expect(unread(phone)).toHaveCount(0);
  await lucia.getByRole('link', { name: 'Home', exact: true }).click();
  await ticketsOn(ana).answer('We look into it');
  await expect(unread(phone)).toHaveCount(0);
  await lucia.getByRole('link', { name: 'Tickets', exact: true }).click();
  await expect(unread(lucia)).toBeVisible();
});

test('the list is filtered by who has to act, by client and by service; the unassigned list shows only unassigned tickets', async ({
  browser,
  app,
}) => {
  const agent = await openAs(browser, app, 'ana');
  const { list } = ticketsOn(agent);
  const rows = list.getByRole('button');
  await expect(rows.first()).toBeVisible();
  const all = await rows.count();
  await agent.getByRole('button', { name: 'Filter the list' }).click();
  await agent.getByLabel('Waiting for').selectOption('the client');
  await expect(list.getByText('Open', { exact: true })).toHaveCount(0);
  await agent.getByLabel('Waiting for').selectOption('anyone');
  await agent.getByLabel('Client').selectOption('Lucía Navarro');
  await agent.getByLabel('Service').selectOption('Virtual server');
  await expect.poll(() => rows.count()).toBeLessThan(all);
  for (const text of await rows.allInnerTexts()) expect(text).toContain('Lucía');
  await agent.getByRole('button', { name: 'Clear filters' }).click();
  await agent.getByRole('button', { name: 'Filter the list' }).click();
  await expect(rows).toHaveCount(all);
  await agent.getByRole('button', { name: /^Unassigned/ }).click();
  for (const text of await rows.allInnerTexts()) expect(text).toContain('Unassigned');
});
