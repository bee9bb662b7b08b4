import nodemailer from 'nodemailer';
import { ticketsOn } from './pages/tickets.ts';
import { expectAccessible, viewports } from './pages/viewports.ts';
import { expect, openAs, test, type App } from './start.ts';

test.use({ receivesMail: true });

const html =
  '<p>The <b>shop</b> is slow.</p><script>window.ran = 1</script><img src="https://evil.example/x.png" onerror="window.ran = 1">' +
  '<table><tr><td>Monday</td><td>9 s</td></tr></table><a href="javascript:window.ran=1">press</a>';

async function sendMail({ mailPort }: App, from: string): Promise<void> {
  const options: object = { host: '127.0.0.1', port: mailPort, lmtp: true };
  const transport = nodemailer.createTransport(options);
  await expect
    .poll(() => transport.verify().catch(() => false), { message: 'the server receives e-mail' })
    .toBe(true);
  await transport.sendMail({
    from,
    to: 'helpdesk@arf20.com',
    subject: 'Slow *shop*',
    html,
    attachments: [{ filename: 'all.zip', content: Buffer.from('PK\x03\x04\0\0') }],
  });
  transport.close();
}

test('a client’s e-mail opens a ticket that says what is not proven and not shown, and all of it can be opened', async ({
  browser,
  app,
}) => {
  await sendMail(app, 'Lucía <lucia@cstims.example>');
  const agent = await openAs(browser, app, 'ana', viewports['on a desktop']);
  await agent.goto(`${app.url}/tickets`);
  await ticketsOn(agent).open('Slow *shop*');
  const message = ticketsOn(agent).messages.filter({ hasText: 'The shop is slow.' });
  await expect(message).toContainText('Unverified sender');
  await expect(message).toContainText('1 more part in the e-mail.');
  await message.getByRole('button', { name: 'Show the whole e-mail' }).click();
  const dialog = agent.getByRole('dialog');
  await expect(dialog.getByTestId('mail-text')).toContainText('Monday');
  await dialog.getByRole('button', { name: 'As it was formatted' }).click();
  const shown = dialog.getByTestId('mail-html');
  await expect(shown.locator('b')).toHaveText('shop');
  await expect(shown.locator('script, img, a[href]')).toHaveCount(0);
  expect(await agent.evaluate(() => 'ran' in window)).toBe(false);
  // While the HTML is made safe, the policy of the page blocks its handler too.
  expect(new Set(app.violations.splice(0))).toEqual(new Set(['script-src-attr inline']));
  await expectAccessible(agent, 'the dialog of a whole e-mail');
  const [file] = await Promise.all([
    agent.waitForEvent('download'),
    dialog.getByRole('button', { name: 'all.zip' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('all.zip');
  await dialog.getByRole('button', { name: 'Renew the reply addresses' }).click();
  await expect(dialog.getByText('Earlier reply addresses of this ticket no longer work.')).toBeVisible();
});

test('staff opens an e-mail of an unknown sender whole before deciding what to do with it', async ({
  browser,
  app,
}) => {
  await sendMail(app, 'Nobody <nobody@elsewhere.example>');
  const agent = await openAs(browser, app, 'ana', viewports['on a phone']);
  await agent.goto(`${app.url}/mail`);
  const mail = agent.getByTestId('mail').filter({ hasText: 'Slow *shop*' });
  await mail.getByRole('button', { name: 'Show the whole e-mail' }).tap();
  const dialog = agent.getByRole('dialog');
  await expect(dialog.getByTestId('mail-text')).toContainText('The shop is slow.');
  await expect(dialog.getByRole('button', { name: 'Renew the reply addresses' })).toHaveCount(0);
});
