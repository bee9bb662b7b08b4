import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { startEmbedded } from '../../server/database/embedded.ts';
import { median, plain, type Figure, type Size } from '../figure.ts';
import { onNewDevice } from '../inbox/device.ts';
import { withCleanup, type BenchPlace } from '../inbox/endings.ts';
import { startInbox, type InboxServer } from '../inbox/inbox-server.ts';
import { ensureBuilt } from '../setting/built-app.ts';
import { recordFrames, type Frames } from './frames.ts';
import { plainPage } from './plain-page.ts';
import { searchEverything, type SearchTimes } from './search.ts';

/**
 * Measures the inbox of an agent whose device has every ticket, on a processor that is four times slower: opening it,
 * scrolling, searching the list, and going from ticket to ticket.
 */
const sizes = {
  full: { tickets: 10_000, messagesEach: 5, opens: 5, slower: 4 },
  tiny: { tickets: 200, messagesEach: 2, opens: 1, slower: 1 },
};
type Sizes = (typeof sizes)[Size];

/** The first pull of 50,000 messages is paced by the server. */
const loadedWithinMs = 400_000;

type Measured = {
  openMs: number;
  plainMs: number;
  scroll: Frames;
  search: Frames;
  switching: Frames;
  /** From the key to the painted conversation. */
  switchMs: number;
  everything: SearchTimes;
};

export async function run(size: Size, log: (text: string) => void): Promise<Figure[]> {
  ensureBuilt(size);
  const config = sizes[size];
  return withCleanup(async (cleanup) => {
    const folder = mkdtempSync(join(tmpdir(), 'cstims-screen-'));
    cleanup.add(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }));
    const searchPath = process.env['PATH'] ?? '';
    const embedded = await startEmbedded({ dir: join(folder, 'mariadb'), durable: false, searchPath });
    cleanup.add(() => embedded.stop());
    const { tickets: count, messagesEach } = config;
    const place = { folder, cleanup };
    const inbox = await startInbox(count, { ...place, mariadb: embedded.url, messagesEach });
    return figuresOf(await measure(inbox, { ...place, log }, config), config);
  });
}

function measure(
  inbox: InboxServer,
  { log, ...place }: BenchPlace & { log: (text: string) => void },
  { opens, slower: rate }: Sizes,
): Promise<Measured> {
  return onNewDevice(place, async ({ context, page }) => {
    await signIn(page, inbox);
    await page.waitForFunction(
      () => Object.keys(localStorage).some((key) => key.startsWith('cstims.loaded.')),
      null,
      { timeout: loadedWithinMs, polling: 500 },
    );
    log(`${plain(inbox.tickets.length)} tickets and ${plain(inbox.messages)} messages are on the device`);
    const openPlain = await plainPage(context, inbox);
    const slower = async (of: Page) => {
      const session = await context.newCDPSession(of);
      await session.send('Emulation.setCPUThrottlingRate', { rate });
    };
    await context.addInitScript(watchList);
    const times: { own: number; plain: number }[] = [];
    for (let i = 0; i < opens; i += 1) {
      await slower(page);
      await page.goto('about:blank');
      await page.goto(`${inbox.url}/tickets`);
      const own = await (await page.waitForFunction(() => window.benchListMs)).jsonValue();
      times.push({ own: own ?? Number.NaN, plain: (await openPlain(slower)).ms });
    }
    await page.bringToFront();
    await slower(page);
    await page.waitForTimeout(2_000); // the conversation's code is loaded after the list
    const list = page.getByTestId('ticket-list');
    await list.hover();
    const scroll = await recordFrames(page, async () => {
      for (let i = 0; i < 60; i += 1) {
        await page.mouse.wheel(0, 400);
        await page.waitForTimeout(30);
      }
    });
    await list.evaluate((element) => element.scrollTo(0, 0));
    const search = await recordFrames(page, async () => {
      await page.keyboard.press('f');
      await page.keyboard.type('backup slow', { delay: 120 });
      await page.waitForTimeout(500);
    });
    await page.keyboard.press('Escape');
    await page.getByRole('searchbox').first().fill('');
    await list.locator('li button').first().click();
    await page.getByTestId('message').first().waitFor();
    const switches: number[] = [];
    const switching = await recordFrames(page, async () => {
      for (let i = 0; i < 10; i += 1) switches.push(await switchTicket(page));
    });
    return {
      openMs: median(times.map(({ own }) => own)),
      plainMs: median(times.map((time) => time.plain)),
      scroll,
      search,
      switching,
      switchMs: median(switches),
      everything: await searchEverything(page, `${inbox.url}/tickets`),
    };
  });
}

async function signIn(page: Page, { url, login, password }: InboxServer): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill(login);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL('**/tickets');
}

declare global {
  interface Window {
    benchListMs?: number;
  }
}

/** Notes when the list is filled. Runs as text in the browser, so it can use nothing from this file. */
function watchList(): void {
  const check = () => {
    const list = document.querySelector('[data-testid=ticket-list]');
    const rows = [...(list?.querySelectorAll<HTMLElement>('li') ?? [])];
    const bottom = Math.max(0, ...rows.map((row) => row.getBoundingClientRect().bottom));
    if (list && rows.length > 0 && bottom >= list.getBoundingClientRect().bottom)
      setTimeout(() => (window.benchListMs = performance.now()));
    else requestAnimationFrame(check);
  };
  requestAnimationFrame(check);
}

/** Goes to the next ticket by key. @returns milliseconds until its conversation is painted */
async function switchTicket(page: Page): Promise<number> {
  const before = page.url();
  const ms = page.evaluate(
    (old) =>
      new Promise<number>((done) => {
        const start = performance.now();
        const check = () => {
          if (location.href !== old && document.querySelector('[data-testid=message]'))
            setTimeout(() => done(performance.now() - start));
          else requestAnimationFrame(check);
        };
        requestAnimationFrame(check);
      }),
    before,
  );
  await page.keyboard.press('j');
  return ms;
}

function figuresOf(measured: Measured, { slower }: Sizes): Figure[] {
  const { openMs, plainMs, switchMs } = measured;
  const lower = (name: string, value: number, rest: Partial<Figure> = {}): Figure => ({
    name,
    value,
    unit: 'ms',
    better: 'lower',
    ...rest,
  });
  const frames = (name: string, { longestMs, over50Ms, count }: Frames): Figure[] => [
    lower(`longest frame: ${name}`, longestMs, { goal: 50 }),
    { name: `frames over 50 ms: ${name}`, value: over50Ms, unit: '', better: 'lower', note: `of ${count}` },
  ];
  return [
    lower('warm open, until the list is painted', openMs, { note: `processor ${slower} times slower` }),
    lower('a page that reads 50 tickets from plain Dexie and paints them', plainMs),
    { name: 'warm open against that page', value: openMs / plainMs, unit: 'x', better: 'lower', goal: 1.5 },
    ...frames('scrolling', measured.scroll),
    ...frames('searching', measured.search),
    ...frames('ten tickets by key', measured.switching),
    lower('next ticket, until its conversation is painted', switchMs),
    lower('search of everything: index ready after a warm start', measured.everything.readyMs, { goal: 300 }),
    lower('search of everything: index compared with the replica', measured.everything.wholeMs),
    lower('search of everything: answer to a key, p95', measured.everything.p95Ms, { goal: 16 }),
    ...frames('typing in the command palette', measured.everything.frames),
  ];
}
