import type { BrowserContext, Page } from '@playwright/test';
import mariadb from 'mariadb';
import { ticketsOn, twoAgentsOn } from './pages/tickets.ts';
import { expect, openAs, test, type App } from './start.ts';

/* A sync that loses nothing: tabs that end, servers that end, storage that goes, clocks that are wrong. */

const subject = 'Rally server drops everyone after about ten minutes';

/** How often a text stands in the messages of the server. */
async function timesOnServer(app: App, text: string): Promise<number> {
  const connection = await mariadb.createConnection(app.database);
  const rows = await connection.query<{ n: bigint }[]>(
    'SELECT COUNT(*) AS n FROM messages WHERE body LIKE ?',
    [text],
  );
  await connection.end();
  return Number(rows[0]?.n ?? 0);
}

async function secondTab(context: BrowserContext, url: string): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto(url);
  await ticketsOn(tab).open(subject);
  return tab;
}

async function sentFrom(tab: Page, text: string): Promise<void> {
  await ticketsOn(tab).answer(text);
  const message = ticketsOn(tab).messages.filter({ hasText: text });
  await expect(message).toHaveCount(1);
  await expect(message.getByTestId('waiting-mark')).toHaveCount(0, { timeout: 30_000 });
}

async function freeze(tab: Page): Promise<void> {
  const session = await tab.context().newCDPSession(tab);
  await session.send('Page.setWebLifecycleState', { state: 'frozen' });
}

const crash = (tab: Page) => tab.goto('chrome://crash').catch(() => undefined);

for (const [how, end] of [
  ['is closed', (tab: Page) => tab.close()],
  ['crashes', crash],
  ['is frozen by the browser', freeze],
] as const) {
  test(`two tabs: when the one that talks to the server ${how}, the other goes on`, async ({
    browser,
    app,
  }) => {
    const leader = await openAs(browser, app, 'ana');
    await ticketsOn(leader).open(subject);
    const other = await secondTab(leader.context(), app.url);
    await sentFrom(other, 'Written in the second tab');
    await expect(ticketsOn(leader).messages.filter({ hasText: 'Written in the second tab' })).toHaveCount(1);
    await other.bringToFront();
    await end(leader);
    await sentFrom(other, 'Written when the first was gone');
    expect(await timesOnServer(app, 'Written%')).toBe(2);
    if (how !== 'is closed') return;
    // What others write arrives too.
    const marc = await openAs(browser, app, 'marc');
    await ticketsOn(marc).open(subject);
    await sentFrom(marc, 'By marc');
    await expect(ticketsOn(other).messages.filter({ hasText: 'By marc' })).toHaveCount(1);
  });
}

test('what is typed while others change the ticket stays as it is typed', async ({ browser, app }) => {
  const [page, marc] = await twoAgentsOn(browser, app, subject);
  const box = ticketsOn(page).reply;
  await ticketsOn(page).answer('The first answer');
  await expect(ticketsOn(page).messages.filter({ hasText: 'The first answer' })).toHaveCount(1);
  // At once: the server's version of the ticket comes back while this is typed.
  await box.fill('The next one');
  await sentFrom(marc, 'By marc meanwhile');
  await box.pressSequentially(', going on', { delay: 40 });
  await expect(ticketsOn(page).messages.filter({ hasText: 'By marc meanwhile' })).toHaveCount(1);
  await expect(box).toHaveValue('The next one, going on');
});

test.describe('with a server of its own', () => {
  test.use({ ownServer: true });

  test('the server is killed in the middle of a push: everything arrives once', async ({ browser, app }) => {
    const page = await openAs(browser, app, 'ana');
    await ticketsOn(page).open(subject);
    await page.context().setOffline(true);
    for (let i = 0; i < 8; i += 1) await ticketsOn(page).answer(`Answer ${i} to send`);
    let answered: () => void = () => undefined;
    const pushed = new Promise<void>((done) => (answered = done));
    // The server has taken it; its answer does not come back.
    await page.route('**/sync.push*', async (route) => {
      await route.fetch().catch(() => undefined);
      answered();
      await app.kill();
      await route.abort().catch(() => undefined);
    });
    await page.context().setOffline(false);
    await pushed;
    await page.unroute('**/sync.push*');
    await app.start();
    await expect(page.getByTestId('waiting-mark')).toHaveCount(0, { timeout: 30_000 });
    await expect(page.getByTestId('refused')).toHaveCount(0);
    expect(await timesOnServer(app, 'Answer % to send')).toBe(8);
  });
});

test('a reload between a push and its answer: sent again, there once', async ({ browser, app }) => {
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  let taken: () => void = () => undefined;
  const pushed = new Promise<void>((done) => (taken = done));
  await page.route('**/sync.push*', async (route) => {
    await route.fetch().catch(() => undefined);
    taken(); // never answered
  });
  await ticketsOn(page).answer('Sent before the reload');
  await pushed;
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  // There is no mark either while nothing is drawn yet.
  await expect(ticketsOn(page).messages.filter({ hasText: 'Sent before the reload' })).toHaveCount(1);
  await expect(page.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(page.getByTestId('refused')).toHaveCount(0);
  expect(await timesOnServer(app, 'Sent before the reload')).toBe(1);
});

test('the browser takes the storage away while somebody is signed in: everything is pulled anew', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  const session = await page.context().newCDPSession(page);
  const reloaded = page.waitForEvent('load');
  await session.send('Storage.clearDataForOrigin', { origin: app.url, storageTypes: 'indexeddb' });
  await reloaded;
  await expect(ticketsOn(page).list.getByText(subject)).toBeVisible();
  await sentFrom(page, 'Written after that');
  expect(await timesOnServer(app, 'Written after that')).toBe(1);
});

for (const [how, days] of [
  ['ahead', 1],
  ['behind', -1],
] as const) {
  test(`the clock of a device is a day ${how}: times are right, answers are mailed and not held`, async ({
    browser,
    app,
  }) => {
    const page = await openAs(browser, app, 'ana');
    await page.addInitScript((ms) => {
      const real = Date;
      globalThis.Date = class extends real {
        constructor(...given: unknown[]) {
          // @ts-expect-error the arguments of Date, whichever they are
          super(...(given.length > 0 ? given : [real.now() + ms]));
        }
        static override now() {
          return real.now() + ms;
        }
      } as DateConstructor;
    }, days * 86_400_000);
    await page.reload();
    await ticketsOn(page).open(subject);
    await sentFrom(page, 'By a wrong clock');
    await expect(page.getByTestId('held')).toHaveCount(0);
    const connection = await mariadb.createConnection(app.database);
    const [message] = await connection.query<{ written: bigint; created: bigint; email: string }[]>(
      "SELECT written_at AS written, created_at AS created, e-mail FROM messages WHERE body = 'By a wrong clock'",
    );
    await connection.end();
    expect(message?.email).toBe('due');
    expect(Math.abs(Number(message?.created) - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Number(message?.created) - Number(message?.written))).toBeLessThan(10_000);
  });
}

/** `npm run test:long` writes as many as nobody does; here it is a busy week. */
const many = process.env['LONG'] === '1' ? 5_000 : 1_000;

test(`${many.toLocaleString('en')} writes of a long time without network: the page stays quick, all are sent once`, async ({
  browser,
  app,
}) => {
  test.setTimeout(300_000);
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  const ticket = page.url().split('/').at(-1) ?? '';
  await page.goto(`${app.url}/account`);
  // The page has its replica.
  await expect(page.getByTestId('freshness').first()).toContainText('as of');
  await page.context().setOffline(true);
  // By the replica of the page itself, as so many notes are more than anybody types here.
  await page.evaluate(
    async ({ ticket, many }) => {
      const resources = performance.getEntriesByType('resource').map(({ name }) => name);
      const files = resources.filter((name) => /assets\/replica-[^/]*\.js/.test(name));
      type Open = { insert: (collection: string, document: object) => Promise<void> };
      const modules = await Promise.all(
        files.map((file) => import(file) as Promise<Record<string, unknown>>),
      );
      const replica = modules
        .flatMap((module) => Object.values(module))
        .map((value) => (value as { value?: Partial<Open> } | null)?.value)
        .find((value): value is Open => typeof value?.insert === 'function');
      if (!replica) throw new Error('the replica of the page was not found');
      const hex = (length: number) =>
        Array.from({ length }, () => Math.floor(Math.random() * 16).toString(16)).join('');
      for (let i = 0; i < many; i += 1) {
        const time = Date.now().toString(16).padStart(12, '0');
        await replica.insert('messages', {
          id: `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`,
          ...{ ticket, client: '', queue: 'technical', author: null, authorName: 'Ana', side: 'staff' },
          ...{ kind: 'note', body: `Note ${i} of many`, event: null, channel: 'app', redacted: false },
          emailState: 'due',
        });
      }
    },
    { ticket, many },
  );
  await expect(page.getByTestId('offline')).toContainText(`${many} changes will be sent`);
  const start = Date.now();
  await page
    .getByRole('link', { name: /waiting/ })
    .first()
    .click();
  await expect(page.getByTestId('waiting').first()).toBeVisible();
  expect(Date.now() - start).toBeLessThan(5_000);
  await page.context().setOffline(false);
  await expect(page.getByText('Everything is sent.')).toBeVisible({ timeout: 200_000 });
  await expect(page.getByTestId('refused')).toHaveCount(0);
  expect(await timesOnServer(app, 'Note % of many')).toBe(many);
});
