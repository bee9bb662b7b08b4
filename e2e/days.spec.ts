import { expectAccessible, goTo, viewportsToTest } from './pages/viewports.ts';
import { chooseVps, sendOrder } from './pages/ordering.ts';
import { photo } from './pages/photo.ts';
import { ticketsOn } from './pages/tickets.ts';
import { expect, openAs, test } from './start.ts';

/* A day of a client, of the admin who sets up orders and of the agent who answers, on a desktop and on a phone. */

for (const [where, options] of viewportsToTest('on a desktop')) {
  test(`${where}, a client orders a VPS of 4 vCPU, 8 GB, 30 GB for 9.50 offline; the admin sets it up; the client reads the access details`, async ({
    browser,
    app,
  }) => {
    test.slow(); // covers the day of two people
    const client = await openAs(browser, app, 'tom', options);
    const admin = await openAs(browser, app, 'arturo', options);
    await goTo(admin, 'Orders');
    await client.context().setOffline(true);
    await chooseVps(client, 'kestrel-build');
    await expect(client.getByTestId('order-price')).toContainText('11.50 € a month 9.50 € excl. VAT');
    // Periods follow the calendar here, so the first invoice covers the rest of the current one.
    await expect(client.getByTestId('first-invoice')).toContainText(/first invoice .*\d+\.\d\d € ?/);
    await expectAccessible(client, 'the order form');
    await client.getByLabel('Comments').fill('Debian, please');
    await sendOrder(client);
    const mine = client.getByRole('article').filter({ hasText: 'kestrel-build' });
    await expect(mine.getByTestId('waiting-mark')).toBeVisible();
    // Nobody sets up what has not arrived.
    await expect(mine.getByText('Setting up')).toBeHidden();
    await expectAccessible(client, 'home, offline');
    await client.context().setOffline(false);
    await expect(mine.getByTestId('waiting-mark')).toHaveCount(0);
    await expect(mine.getByText('Setting up')).toBeVisible();

    const order = admin.getByTestId('order').filter({ hasText: 'kestrel-build' });
    // An order that has to be set up is expanded.
    await expect(order.getByText('Debian, please')).toBeVisible();
    await expectAccessible(admin, 'the orders to set up');
    await order.getByRole('button', { name: 'Activate' }).click();
    const dialog = admin.getByRole('dialog');
    await dialog.getByLabel('Access details').fill('ssh root@build.example');
    await expectAccessible(admin, 'the dialog that activates an order');
    await dialog.getByRole('button', { name: 'Activate' }).click();
    await expect(mine.getByText('Active')).toBeVisible();

    // The admin plans a suspension while the machine moves, and then cancels it.
    await admin.getByRole('link', { name: 'kestrel-build' }).click();
    await expect(admin.getByRole('heading', { name: 'kestrel-build' })).toBeVisible();
    await admin.getByRole('button', { name: 'Suspend', exact: true }).click();
    await dialog.getByLabel('Reason').fill('The machine moves');
    await dialog.getByLabel('Start date').fill('2020-01-01');
    await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
    await expect(dialog.getByRole('alert')).toHaveText('Choose a future date.');
    await dialog.getByLabel('Start date').fill(`${new Date().getFullYear() + 1}-02-01`);
    await dialog.getByRole('button', { name: 'Suspend', exact: true }).click();
    const plannedText = /Suspended from .+ “The machine moves”/;
    await expect(admin.getByTestId('planned')).toContainText(plannedText);
    await expect(mine.getByTestId('planned')).toContainText(plannedText);
    await expect(mine.getByText('Active')).toBeVisible();
    await admin.getByRole('button', { name: 'Keep it as it is' }).click();
    await expect(mine.getByTestId('planned')).toHaveCount(0);

    await client.context().setOffline(true);
    await client.reload();
    await mine.getByRole('link', { name: 'kestrel-build' }).click();
    await expect(client.getByText('ssh root@build.example')).toBeVisible();
    await expectAccessible(client, 'the service, offline');
  });
}

for (const [where, options] of viewportsToTest('on a phone')) {
  test(`${where}, a client opens a ticket with a photo offline; it survives a reload, and helpdesk reads and answers it, also offline`, async ({
    browser,
    app,
  }) => {
    test.slow(); // covers the day of two people
    const client = await openAs(browser, app, 'lucia', options);
    const agent = await openAs(browser, app, 'ana', options);
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
    await expect(dialog.getByRole('alert')).toHaveText(
      'tool.exe is not a PNG, JPEG, WebP, PDF or text file.',
    );
    await expect(dialog.getByRole('list', { name: 'Files' })).toContainText('smoke.jpg');
    await expectAccessible(client, 'a new ticket with a photo');
    await dialog.getByRole('button', { name: 'Create ticket' }).click();
    await expect(client.getByTestId('file-waits')).toHaveText('waiting to be sent');
    await client.reload();
    await expect(client.getByTestId('file').locator('img')).toBeVisible();
    await expectAccessible(client, 'an unsent ticket');
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

    // The client reads the answer and can still read it offline.
    const answer = ticketsOn(client).messages.filter({ hasText: 'The fuse is out.' });
    await expect(answer).toBeVisible();
    await expect(client.getByText('A new fuse')).toBeVisible();
    await client.context().setOffline(true);
    await client.reload();
    await expect(answer).toBeVisible();
    await client.context().setOffline(false);

    // Redacting the message removes its photo too, on every device.
    await client.getByRole('button', { name: 'Delete message' }).first().click();
    await dialog.getByRole('button', { name: 'Delete message' }).click();
    await expect(agent.getByText('This message was deleted.')).toBeVisible();
    await expect(shown).toHaveCount(0);
  });
}
