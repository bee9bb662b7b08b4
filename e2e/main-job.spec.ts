import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { pdfText } from '../server/test/pdf-text.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test, type App } from './start.ts';

/** Returns the e-mails with a word in their subject as "text before the word -> recipient", sorted. */
async function emailsAbout(app: App, word: string): Promise<string[]> {
  const emails = await app.emails();
  return emails
    .filter(({ subject }) => subject.includes(word))
    .map(({ subject, to }) => `${subject.split(word)[0]?.trim() ?? ''} -> ${to}`)
    .sort();
}

/** Waits for more than two rounds of the outbox, which is polled every second. */
const twoOutboxRounds = () => sleep(3_000);

test.describe('with a server that is killed', () => {
  test.use({ ownServer: true });

  test('a ticket is answered and closed while the network and the server are down, then synced and mailed', async ({
    browser,
    app,
  }) => {
    const subject = 'Cart empties itself at checkout';
    const client = await openAs(browser, app, 'lucia');
    await ticketsOn(client).create({
      subject,
      body: 'Since this morning, for every customer.',
      service: 'atalaya-shop',
    });
    await expect(ticketsOn(client).number).toHaveText(/#\d+/);

    const agent = await openAs(browser, app, 'ana');
    const inbox = ticketsOn(agent);
    await expect(inbox.list.getByText(subject)).toBeVisible();

    await agent.context().setOffline(true);
    await app.kill();
    await inbox.open(subject);
    await inbox.answer('The session table was full; it is emptied now.');
    await inbox.close('Session table emptied, limit raised.');
    await expect(inbox.status).toHaveText('Closed');
    await agent.reload();
    await expect(
      inbox.messages.filter({ hasText: 'The session table was full' }).getByTestId('waiting-mark'),
    ).toBeVisible();
    await expect(inbox.status).toHaveText('Closed');
    await expect(agent.getByTestId('offline')).toContainText('2 changes will be sent');

    await app.start();
    await agent.context().setOffline(false);
    const thread = ticketsOn(client);
    await expect(thread.messages.filter({ hasText: 'The session table was full' })).toBeVisible();
    await expect(thread.status).toHaveText('Closed');
    await expect(client.getByText('Session table emptied, limit raised.')).toBeVisible();
    await expect(agent.getByTestId('waiting-mark')).toHaveCount(0);
    await expect(agent.getByTestId('offline')).toHaveCount(0);
    await expect(inbox.status).toHaveText('Closed');
    await expect(inbox.number).toHaveText(/#\d+/);

    const number = /#\d+/.exec((await inbox.number.textContent()) ?? '')?.[0] ?? '';
    const expectedEmails = [
      expect.stringMatching(/^New ticket -> (ana|marc)@cstims\.example$/),
      'New ticket -> helpdesk@arf20.com',
      'Answer to ticket -> lucia@cstims.example',
      'Ticket closed -> lucia@cstims.example',
    ];
    const inAnyOrder = expect.arrayContaining(expectedEmails);
    // An e-mail about a change that can be undone waits 15 seconds.
    await expect.poll(() => emailsAbout(app, number), { timeout: 30_000 }).toEqual(inAnyOrder);
    await twoOutboxRounds();
    expect(await emailsAbout(app, number)).toEqual(inAnyOrder);
    expect(await emailsAbout(app, number)).toHaveLength(expectedEmails.length);
  });
});

async function downloadPdf(page: Page): Promise<string> {
  const [download] = await Promise.all([
    page.waitForEvent('download'),
    page.getByRole('button', { name: 'PDF' }).click(),
  ]);
  return pdfText(await readFile(await download.path()));
}

test.describe('with a worker that polls every two seconds', () => {
  test.use({ pollSeconds: 2 });

  test('the worker bills an order and mails its PDF once to each of two addresses; the payment is booked offline', async ({
    browser,
    app,
  }) => {
    const admin = await openAs(browser, app, 'arturo');
    const client = await openAs(browser, app, 'tom');
    const accountant = await openAs(browser, app, 'ines');
    // Whatever else is due today: on the first of a month, the other services of both clients.
    await app.jobs('make-invoices');
    await admin.getByRole('link', { name: 'Orders', exact: true }).click();
    await accountant.getByRole('link', { name: 'Invoices', exact: true }).click();
    const order = admin.getByTestId('order').filter({ hasText: 'kestrel-shop' });
    await order.getByRole('button', { name: 'Activate' }).click();
    // What has to be set up is in sight where it is activated.
    await expect(admin.getByTestId('to-set-up')).toContainText('30 GB');
    await admin.getByRole('dialog').getByLabel('Access details').fill('SSH: port 22031 at node1.example');
    await admin.getByRole('dialog').getByRole('button', { name: 'Activate' }).click();
    await expect(order.getByText('Active')).toBeVisible();

    // 4 vCPU, 8 GB, 30 GB cost 9.50 a month, charged at the start. With 21 % tax it is 11.50.
    const invoice = accountant.getByRole('link', { name: /^A\d{4}-\d{6}/ }).filter({ hasText: '11.50 €' });
    const [number = ''] = /^A\d{4}-\d{6}/.exec(await invoice.innerText()) ?? [];
    const itsEmails = async () =>
      (await app.emails()).filter(({ attachments }) => attachments[0]?.fileName === `${number}.pdf`);
    await invoice.click();
    await expect(accountant.getByTestId('invoice-total')).toHaveText('11.50 €');
    await expect(accountant.getByText('Virtual server kestrel-shop')).toBeVisible();

    await client.getByRole('link', { name: 'Invoices', exact: true }).click();
    await client.getByRole('link', { name: new RegExp(`^${number}`) }).click();
    await expect(client.getByRole('button', { name: 'Book payment' })).toHaveCount(0);
    await expect.poll(async () => (await itsEmails()).length).toBe(2);
    const text = await downloadPdf(client);
    for (const word of [
      'Invoice A',
      'Virtual server kestrel-shop',
      'Thomas Kestrel (Kestrel Bikes)',
      '9.50 €',
      '11.50 €',
    ]) {
      expect(text).toContain(word);
    }
    await client.context().setOffline(true);
    expect(await downloadPdf(client)).toBe(text);

    await sleep(5_000); // two more polls of the worker, and several rounds of the outbox
    const emails = await itsEmails();
    expect(emails.map(({ to }) => to).sort()).toEqual(['accounting@arf20.com', 'tom@cstims.example']);
    expect(await app.jobs('make-invoices')).toContain('0 invoices, 0 held, 0 waiting, 0 failed');

    await accountant.context().setOffline(true);
    await accountant.getByRole('button', { name: 'Book payment' }).click();
    await accountant.getByRole('dialog').getByRole('button', { name: 'Book payment' }).click();
    await expect(accountant.getByTestId('open-amount')).toHaveText('0.00 €');
    await expect(accountant.getByTestId('invoice-state')).toHaveText('Paid');
    await expect(accountant.getByTestId('waiting-mark')).toBeVisible();
    await accountant.context().setOffline(false);
    await expect(accountant.getByTestId('waiting-mark')).toHaveCount(0);
    await client.context().setOffline(false);
    await expect(client.getByTestId('invoice-state')).toHaveText('Paid');
    await expect
      .poll(async () => (await app.emails()).filter(({ subject }) => / paid$/.test(subject)).length, {
        timeout: 30_000, // the payment can be undone for 15 seconds
      })
      .toBe(1);
  });
});
