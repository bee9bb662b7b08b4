import type { BrowserContext, Page } from '@playwright/test';
import mariadb from 'mariadb';
import { ticketsOn, twoAgentsOn } from './pages/tickets.ts';
import { expect, openAs, test, type App } from './start.ts';

/* The sync loses nothing when tabs end, the server ends, storage is cleared or clocks are wrong. */

const subject = 'Rally server drops everyone after about ten minutes';

/** Counts the messages on the server whose body matches a LIKE pattern. */
async function countOnServer(app: App, pattern: string): Promise<number> {
  const connection = await mariadb.createConnection(app.database);
  const rows = await connection.query<{ n: bigint }[]>(
    'SELECT COUNT(*) AS n FROM messages WHERE body LIKE ?',
    [pattern],
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

async function answerAndSync(tab: Page, text: string): Promise<void> {
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

for (const [how, stopTab] of [
  ['is closed', (tab: Page) => tab.close()],
  ['crashes', crash],
  ['is frozen by the browser', freeze],
] as const) {
  test(`two tabs: when the one that talks to the server ${how}, the other takes over`, async ({
    browser,
    app,
  }) => {
    const leader = await openAs(browser, app, 'ana');
    await ticketsOn(leader).open(subject);
    const other = await secondTab(leader.context(), app.url);
    await answerAndSync(other, 'Written in the second tab');
    await expect(ticketsOn(leader).messages.filter({ hasText: 'Written in the second tab' })).toHaveCount(1);
    await other.bringToFront();
    await stopTab(leader);
    await answerAndSync(other, 'Written when the first was gone');
    expect(await countOnServer(app, 'Written%')).toBe(2);
    if (how !== 'is closed') return;
    // Messages of other people arrive too.
    const marc = await openAs(browser, app, 'marc');
    await ticketsOn(marc).open(subject);
    await answerAndSync(marc, 'By marc');
    await expect(ticketsOn(other).messages.filter({ hasText: 'By marc' })).toHaveCount(1);
  });
}

test('text that is being typed is kept while others change the ticket', async ({ browser, app }) => {
  const [page, marc] = await twoAgentsOn(browser, app, subject);
  const box = ticketsOn(page).reply;
  await ticketsOn(page).answer('The first answer');
  await expect(ticketsOn(page).messages.filter({ hasText: 'The first answer' })).toHaveCount(1);
  // Type without waiting, so that the server's version of the ticket arrives meanwhile.
  await box.fill('The next one');
  await answerAndSync(marc, 'By marc meanwhile');
  await box.pressSequentially(', going on', { delay: 40 });
  await expect(ticketsOn(page).messages.filter({ hasText: 'By marc meanwhile' })).toHaveCount(1);
  await expect(box).toHaveValue('The next one, going on');
});

test.describe('with a server of its own', () => {
  test.use({ ownServer: true });

  test('everything arrives exactly once after the server is killed in the middle of a push', async ({
    browser,
    app,
  }) => {
    const page = await openAs(browser, app, 'ana');
    await ticketsOn(page).open(subject);
    await page.context().setOffline(true);
    for (let i = 0; i < 8; i += 1) await ticketsOn(page).answer(`Answer ${i} to send`);
    let answered: () => void = () => undefined;
    const pushed = new Promise<void>((done) => (answered = done));
    // The server processes the push, but its answer is lost.
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
    expect(await countOnServer(app, 'Answer % to send')).toBe(8);
  });
});

test('a message is sent again and arrives once after a reload between its push and the answer', async ({
  browser,
  app,
}) => {
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  let processed: () => void = () => undefined;
  const pushed = new Promise<void>((done) => (processed = done));
  await page.route('**/sync.push*', async (route) => {
    await route.fetch().catch(() => undefined);
    processed(); // the page never gets the answer
  });
  await ticketsOn(page).answer('Sent before the reload');
  await pushed;
  await page.unrouteAll({ behavior: 'ignoreErrors' });
  await page.reload();
  // Wait for the message first, because an empty page has no waiting mark either.
  await expect(ticketsOn(page).messages.filter({ hasText: 'Sent before the reload' })).toHaveCount(1);
  await expect(page.getByTestId('waiting-mark')).toHaveCount(0);
  await expect(page.getByTestId('refused')).toHaveCount(0);
  expect(await countOnServer(app, 'Sent before the reload')).toBe(1);
});

test('everything is pulled again after the browser clears the storage of a signed-in person', async ({
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
  await answerAndSync(page, 'Written after that');
  expect(await countOnServer(app, 'Written after that')).toBe(1);
});

for (const [how, days] of [
  ['ahead', 1],
  ['behind', -1],
] as const) {
  test(`on a device whose clock is a day ${how}, times are correct and answers are mailed, not held`, async ({
    browser,
    app,
  }) => {
    const page = await openAs(browser, app, 'ana');
    await page.addInitScript((ms) => {
      const real = Date;
      globalThis.Date = class extends real {
        constructor(...args: unknown[]) {
          // @ts-expect-error Date takes different lists of arguments
          super(...(args.length > 0 ? args : [real.now() + ms]));
        }
        static override now() {
          return real.now() + ms;
        }
      } as DateConstructor;
    }, days * 86_400_000);
    await page.reload();
    await ticketsOn(page).open(subject);
    await answerAndSync(page, 'By a wrong clock');
    await expect(page.getByTestId('held')).toHaveCount(0);
    const connection = await mariadb.createConnection(app.database);
    const [message] = await connection.query<{ written: bigint; created: bigint; email: string }[]>(
      "SELECT written_at AS written, created_at AS created, email_state AS email FROM messages WHERE body = 'By a wrong clock'",
    );
    await connection.end();
    expect(message?.email).toBe('due');
    expect(Math.abs(Number(message?.created) - Date.now())).toBeLessThan(60_000);
    expect(Math.abs(Number(message?.created) - Number(message?.written))).toBeLessThan(10_000);
  });
}

/** `npm run test:long` writes more than anybody would. Otherwise it is a busy week. */
const many = process.env['LONG'] === '1' ? 5_000 : 1_000;

test(`${many.toLocaleString('en')} writes of a long time offline: the page stays fast, and each write is sent once`, async ({
  browser,
  app,
}) => {
  test.setTimeout(300_000);
  const page = await openAs(browser, app, 'ana');
  await ticketsOn(page).open(subject);
  const ticket = page.url().split('/').at(-1) ?? '';
  await page.goto(`${app.url}/account`);
  // From here on the page has its replica.
  await expect(page.getByTestId('freshness').first()).toContainText('Updated');
  await page.context().setOffline(true);
  // Insert by the replica of the page itself, because typing so many notes would take too long.
  await page.evaluate(
    async ({ ticket, many }) => {
      const resources = performance.getEntriesByType('resource').map(({ name }) => name);
      const files = resources.filter((name) => /assets\/replica-[^/]*\.js/.test(name));
      type Replica = { insert: (collection: string, document: object) => Promise<void> };
      const modules = await Promise.all(
        files.map((file) => import(file) as Promise<Record<string, unknown>>),
      );
      const replica = modules
        .flatMap((module) => Object.values(module))
        .map((value) => (value as { value?: Partial<Replica> } | null)?.value)
        .find((value): value is Replica => typeof value?.insert === 'function');
      if (!replica) throw new Error('the replica of the page was not found');
      const hex = (length: number) =>
        Array.from({ length }, () => Math.floor(Math.random() * 16).toString(16)).join('');
      for (let i = 0; i < many; i += 1) {
        const time = Date.now().toString(16).padStart(12, '0');
        await replica.insert('messages', {
          id: `${time.slice(0, 8)}-${time.slice(8)}-7${hex(3)}-8${hex(3)}-${hex(12)}`,
          ticket,
          client: '',
          queue: 'technical',
          author: null,
          authorName: 'Ana',
          side: 'staff',
          kind: 'note',
          body: `Note ${i} of many`,
          event: null,
          channel: 'app',
          redacted: false,
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
  await expect(page.getByText('Everything has been sent.')).toBeVisible({ timeout: 200_000 });
  await expect(page.getByTestId('refused')).toHaveCount(0);
  expect(await countOnServer(app, 'Note % of many')).toBe(many);
});
