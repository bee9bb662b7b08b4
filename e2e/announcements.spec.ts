import { expect, openAs, test } from './start.ts';

/* Announcements of the provider reach clients in the app, also offline, and by e-mail. */

test('the admin publishes an announcement offline; clients get it in the app and by e-mail, helpdesk does not', async ({
  browser,
  app,
}) => {
  const admin = await openAs(browser, app, 'arturo');
  const client = await openAs(browser, app, 'lucia');
  const agent = await openAs(browser, app, 'ana');
  await admin.getByRole('link', { name: 'Announcements', exact: true }).click();
  await admin.context().setOffline(true);
  await admin.getByRole('button', { name: 'New announcement' }).click();
  const dialog = admin.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(dialog.getByText('Fill in this field.').first()).toBeVisible();
  await dialog.getByLabel('Title').fill('Node 3 restarts on Sunday');
  await dialog.getByLabel('Text').fill('At **06:00**, for ten minutes.');
  await dialog.getByRole('button', { name: 'Publish' }).click();
  await expect(admin.getByTestId('announcement').getByTestId('waiting-mark')).toBeVisible();
  await admin.context().setOffline(false);
  await expect(admin.getByTestId('waiting-mark')).toHaveCount(0);

  await client.getByRole('link', { name: 'Node 3 restarts on Sunday' }).click();
  const article = client.getByTestId('announcement').filter({ hasText: 'Node 3' });
  await expect(article.locator('strong', { hasText: '06:00' })).toBeVisible();
  await client.context().setOffline(true);
  await client.reload();
  await expect(article).toBeVisible();
  await agent.goto(`${app.url}/announcements`);
  await expect(agent.getByRole('heading', { name: 'Announcements' })).toBeVisible();
  await expect(agent.getByText('Node 3')).toHaveCount(0);
  await expect
    .poll(
      async () =>
        (await app.emails())
          .filter(({ text }) => text.includes('06:00'))
          .map(({ to }) => to)
          .sort(),
      {
        timeout: 20_000,
      },
    )
    .toEqual(['lucia@cstims.example', 'tom@cstims.example']);
});
