import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { Dexie } from 'dexie';
import type { BrowserContext } from '@playwright/test';
import type * as Vue from 'vue';
import type { Ticket } from '#shared/tickets/schema.ts';
import type { InboxServer } from '../inbox/inbox-server.ts';

const fileOf = (name: string) => readFileSync(fileURLToPath(import.meta.resolve(name)), 'utf8');
/** Both as their own builds for script tags. */
const [dexie, vue] = [fileOf('dexie/dist/dexie.min.js'), fileOf('vue/dist/vue.runtime.global.prod.js')];

/** A page of the same origin that the service worker does not handle. */
const path = '/dev/plain';

type Shown = { rows: number; ms: number };

/**
 * The yardstick: a page that reads 50 of as many tickets from plain Dexie and renders them with Vue, and nothing else.
 *
 * @returns opens the page again and measures, from the beginning of the navigation until the rows are painted
 */
export async function plainPage(
  context: BrowserContext,
  { url, tickets }: InboxServer,
): Promise<(slower: (of: Page) => Promise<void>) => Promise<Shown>> {
  await context.route(
    ({ pathname }) => pathname === path,
    (route) =>
      route.fulfill({
        contentType: 'text/html',
        body: `<!doctype html><body><script>${dexie}</script><script>${vue}</script><script>(${String(render)})()</script>`,
      }),
  );
  const page = await context.newPage();
  await page.goto(`${url}${path}`);
  await page.evaluate(fill, tickets);
  return async (slower) => {
    await slower(page);
    await page.goto('about:blank');
    await page.goto(`${url}${path}`);
    const shown = await page.waitForFunction(() => window.benchPlain);
    return (await shown.jsonValue()) as Shown;
  };
}

type Page = Awaited<ReturnType<BrowserContext['newPage']>>;

declare global {
  interface Window {
    benchPlain?: Shown;
  }
}

/** Runs as text in the browser, so it can use nothing from this file. */
async function fill(tickets: Ticket[]): Promise<void> {
  const { Dexie: Database } = window as unknown as { Dexie: typeof Dexie };
  const database = new Database('plain-inbox');
  database.version(1).stores({ tickets: 'id, recent, [status+recent]' });
  for (let i = 0; i < tickets.length; i += 500)
    await database.table('tickets').bulkPut(tickets.slice(i, i + 500));
  database.close();
}

/** Runs as text in the browser, so it can use nothing from this file. */
async function render(): Promise<void> {
  const { Dexie: Database, Vue: vue } = window as unknown as { Dexie: typeof Dexie; Vue: typeof Vue };
  const { createApp, h } = vue;
  const database = new Database('plain-inbox');
  database.version(1).stores({ tickets: 'id, recent, [status+recent]' });
  const rows = (await database
    .table('tickets')
    .where('[status+recent]')
    .between(['open', Database.minKey], ['open', Database.maxKey])
    .limit(50)
    .toArray()) as Ticket[];
  const row = ({ id, number, subject, status, priority, queue }: Ticket) =>
    h('li', { key: id }, [
      h('button', [
        h('strong', subject),
        h('span', `#${String(number)}`),
        h('span', status),
        h('span', `${priority} ${queue}`),
      ]),
    ]);
  createApp(() => h('ul', rows.map(row))).mount(document.body);
  requestAnimationFrame(() =>
    setTimeout(() => {
      if (rows.length > 0) window.benchPlain = { rows: rows.length, ms: performance.now() };
    }),
  );
}
