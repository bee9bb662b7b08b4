import { expectAccessible, goTo, livedIn } from './pages/viewports.ts';
import { chooseVps } from './pages/ordering.ts';
import { photo } from './pages/photo.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* The day of a client, of the admin who sets things up and of the agent who answers: at a desk, and on a phone. */

for (const [where, look] of livedIn('at a desk')) {
  test(`${where} a client orders a VPS of 4 vCPU, 8 GB, 30 GB for 9.50 without network; the admin sets it up; the client gets in`, async ({
    browser,
    app,
  }) => {
    test.slow(); // two people's day
    const client = await openAs(browser, app, 'tom', look);
    const admin = await openAs(browser, app, 'arturo', look);
    await goTo(admin, 'Orders');
    await client.context().setOffline(true);
    await chooseVps(client, 'kestrel-build');
    await expect(client.getByTestId('order-price')).toContainText('11.50 € a month 9.50 € net');
    // Periods follow the calendar here: the first invoice is for the rest of this one.
    await expect(client.getByTestId('first-invoice')).toContainText(/First invoice .*\d+\.\d\d € ?/);
    await expectAccessible(client, 'the order form');
    await client.getByLabel('Comments').fill('Debian, please');
    await client.getByRole('button', { name: 'Order with obligation to pay' }).click();
    const mine = client.getByRole('article').filter({ hasText: 'kestrel-build' });
    await expect(mine.getByText('Setting up')).toBeVisible();
    await expect(mine.getByTestId('waiting-mark')).toBeVisible();
    await expectAccessible(client, 'home, offline');
    await client.context().setOffline(false);
    await expect(mine.getByTestId('waiting-mark')).toHaveCount(0);

    const order = admin.getByTestId('order').filter({ hasText: 'kestrel-build' });
    // What is to be set up stands open.
    await expect(order.getByText('Debian, please')).toBeVisible();
    await expectAccessible(admin, 'the orders to set up');
    await order.getByRole('button', { name: 'Activate' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Access details').fill('ssh root@build.example');
    await expectAccessible(admin, 'an order is activated');
    await dialog.getByRole('button', { name: 'Activate' }).click();
    await expect(mine.getByText('Active')).toBeVisible();

    // It will stand still while its machine moves; then it need not.
    await admin.getByRole('link', { name: 'kestrel-build' }).click();
    await expect(admin.getByRole('heading', { name: 'kestrel-build' })).toBeVisible();
    await admin.getByRole('button', { name: 'Suspend', exact: true }).click();
    await dialog.getByLabel('Reason').fill('The machine moves');
    await dialog.getByLabel('From a day on').fill('2020-01-01');
    await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
    await expect(dialog.getByRole('alert')).toHaveText('This has to be a day to come.');
    await dialog.getByLabel('From a day on').fill(`${new Date().getFullYear() + 1}-02-01`);
    await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
    const says = /Suspended from .+ “The machine moves”/;
    await expect(admin.getByTestId('planned')).toContainText(says);
    await expect(mine.getByTestId('planned')).toContainText(says);
    await expect(mine.getByText('Active')).toBeVisible();
    await admin.getByRole('button', { name: 'Leave it as it is' }).click();
    await expect(mine.getByTestId('planned')).toHaveCount(0);

    await client.context().setOffline(true);
    await client.reload();
    await mine.getByText('Access details').click();
    await expect(mine.getByText('ssh root@build.example')).toBeVisible();
    await mine.getByRole('link', { name: 'kestrel-build' }).click();
    await expect(client.getByText('ssh root@build.example')).toBeVisible();
    await expectAccessible(client, 'the service, offline');
  });
}

for (const [where, look] of livedIn('on a phone')) {
  test(`${where} a client opens a ticket with a photo without network; it is kept over a reload, sent, read and answered by helpdesk, also offline`, async ({
    browser,
    app,
  }) => {
    test.slow(); // two people's day
    const client = await openAs(browser, app, 'lucia', look);
    const agent = await openAs(browser, app, 'ana', look);
    const buffer = await photo(client);
    expect(buffer.length).toBeGreaterThan(1024 * 1024);
    await client.context().setOffline(true);
    await client.getByRole('button', { name: 'New ticket' }).first().click();
    const dialog = client.getByRole('dialog');
    await dialog.getByLabel('Subject').fill('The server smokes');
    await dialog.getByLabel('Message').fill('See the photo');
    await dialog.getByTestId('chooser').setInputFiles([
      { name: 'smoke.jpg', mimeType: 'image/jpeg', buffer },
      { name: 'tool.exe', mimeType: 'image/png', buffer: Buffer.from([0x4d, 0x5a, 0, 0]) },
    ]);
    await expect(dialog.getByRole('alert')).toHaveText('tool.exe is no PNG, JPEG, WebP, PDF or text.');
    await expect(dialog.getByRole('list', { name: 'Files' })).toContainText('smoke.jpg');
    await expectAccessible(client, 'a new ticket with a photo');
    await dialog.getByRole('button', { name: 'Create ticket' }).click();
    await expect(client.getByTestId('file-waits')).toHaveText('waits to be sent');
    await client.reload();
    await expect(client.getByTestId('file').locator('img')).toBeVisible();
    await expectAccessible(client, 'a ticket that waits');
    await client.context().setOffline(false);
    await expect(client.getByTestId('file-waits')).toHaveCount(0, { timeout: 30_000 });

    const inbox = ticketsOn(agent);
    await inbox.open('The server smokes');
    const shown = agent.getByTestId('file');
    await expect(shown.locator('img')).toBeVisible();
    await agent.context().setOffline(true);
    await agent.reload();
    await expect(shown.locator('img')).toBeVisible();
    const [download] = await Promise.all([agent.waitForEvent('download'), shown.click()]);
    expect(download.suggestedFilename()).toBe('smoke.jpg');
    await inbox.answer('The fuse is out.');
    await inbox.close('A new fuse');
    await expect(inbox.status).toHaveText('Closed');
    await expectAccessible(agent, 'a ticket that was answered offline');
    await agent.context().setOffline(false);

    // The client reads it, and it stays where the network does not.
    const answer = ticketsOn(client).messages.filter({ hasText: 'The fuse is out.' });
    await expect(answer).toBeVisible();
    await expect(client.getByText('A new fuse')).toBeVisible();
    await client.context().setOffline(true);
    await client.reload();
    await expect(answer).toBeVisible();
    await client.context().setOffline(false);

    // Taken back, the photo goes with the words, everywhere.
    await client.getByRole('button', { name: 'Take back' }).first().click();
    await dialog.getByRole('button', { name: 'Take back' }).click();
    await expect(agent.getByText('This message was taken back.')).toBeVisible();
    await expect(shown).toHaveCount(0);
  });
}
