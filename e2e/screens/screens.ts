import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from '@playwright/test';
import { expect, openAs, test } from '../start.ts';
import { waitUntilStable } from '../pages/viewports.ts';
import { screens, type Screen } from './pages.ts';

/**
 * Takes a picture of every page and dialog for every person, width, colours and language, and offline. The pictures and a
 * contact sheet of each combination are in `screens/`, which git ignores.
 *
 *     npm run screens                           # everything
 *     npm run screens -- --grep "lucia 390"     # only a person, a width, colours or a language
 */
const folder = fileURLToPath(new URL('../../screens/', import.meta.url));

const widths = { 390: 844, 1280: 800, 1920: 1080 };
const languages = { en: 'English', es: 'Español' };
/** A page that scrolls is photographed whole up to this height. */
const maxHeight = 3_000;

/** Makes the window as high as the content of the page, so that the picture shows all of it. */
async function showAll(page: Page, width: number, height: number): Promise<void> {
  const hidden = await page.evaluate(() =>
    Math.max(
      document.documentElement.scrollHeight - innerHeight,
      ...[...document.querySelectorAll('main .overflow-y-auto')]
        .filter((each) => !each.closest('[role=log], [data-testid=ticket-list]'))
        .map(({ scrollHeight, clientHeight }) => scrollHeight - clientHeight),
    ),
  );
  if (hidden > 0) await page.setViewportSize({ width, height: Math.min(height + hidden, maxHeight) });
}

/** The app speaks the language of the account, and that of the device before the sign-in. */
async function choose(page: Page, language: keyof typeof languages, isVisitor: boolean): Promise<void> {
  await page.addInitScript((chosen) => localStorage.setItem('cstims.language', chosen), language);
  if (isVisitor || (await page.getAttribute('html', 'lang')) === language) return;
  await page.setViewportSize({ width: 1_280, height: 800 }); // where the menu is open
  await page.getByRole('button', { name: languages[language] }).click();
  await expect(page.locator('html')).toHaveAttribute('lang', language);
}

async function take(page: Page, screen: Screen, into: string): Promise<string> {
  const file = `${screen.name}.png`;
  const { width, height } = page.viewportSize() ?? { width: 1_280, height: 800 };
  await screen.act?.(page);
  await waitUntilStable(page);
  const isWhole = (await page.getByRole('dialog').count()) > 0 || screen.path === '/tickets';
  if (!isWhole) await showAll(page, width, height);
  await waitUntilStable(page);
  await page.screenshot({ path: join(into, file) });
  return file;
}

/** One large picture with all pictures of a folder. */
async function contactSheet(page: Page, into: string, files: string[], width: number): Promise<void> {
  const shown = width < 600 ? 300 : 620;
  const figures = files.map((file) => {
    const data = readFileSync(join(into, file)).toString('base64');
    return `<figure><img src="data:image/png;base64,${data}"><figcaption>${file}</figcaption></figure>`;
  });
  const sheet = join(into, 'all.html');
  writeFileSync(
    sheet,
    `<meta charset="utf-8"><style>body{font:14px sans-serif;background:#888;margin:8px}
      main{columns:${width < 600 ? 5 : 3};column-gap:8px}
      figure{margin:0 0 8px;break-inside:avoid}img{width:100%;max-width:${shown}px;display:block}</style>
      <main>${figures.join('')}</main>`,
  );
  await page.setViewportSize({ width: width < 600 ? 1_560 : 1_900, height: 1_000 });
  await page.goto(`file://${sheet}`);
  await page.screenshot({ path: join(into, 'all.png'), fullPage: true });
}

for (const [person, list] of Object.entries(screens))
  for (const [width, height] of Object.entries(widths).map(([w, h]) => [Number(w), h] as const))
    for (const colorScheme of ['light', 'dark'] as const)
      for (const language of Object.keys(languages) as (keyof typeof languages)[])
        for (const network of ['online', 'offline'])
          test(`${person} ${width} ${colorScheme} ${language} ${network}`, async ({ browser, app }, {
            title,
          }) => {
            const into = join(folder, title.replaceAll(' ', '-'));
            rmSync(into, { recursive: true, force: true });
            mkdirSync(into, { recursive: true });
            const options = {
              colorScheme,
              viewport: { width, height },
              ...(width < 600 ? { hasTouch: true } : {}),
            };
            const page =
              person === 'visitor'
                ? await app.devices.acquire(options)
                : await openAs(browser, app, person, options);
            await choose(page, language, person === 'visitor');
            const files: string[] = [];
            for (const screen of list) {
              await page.context().setOffline(false);
              await page.setViewportSize({ width, height });
              await page.goto(`${app.url}${screen.path}`);
              await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
              await expect(page.getByTestId('loading')).toHaveCount(0);
              if (network === 'offline') {
                await page.context().setOffline(true);
                await page.reload();
              }
              await expect(page.getByRole('heading', { level: 1 }).first()).toBeVisible();
              try {
                files.push(await take(page, screen, into));
              } catch (error) {
                // The other pictures are still wanted. The failure is reported at the end.
                expect.soft(String(error), screen.name).toBe('');
              }
            }
            await page.context().setOffline(false);
            const empty = await browser.newPage();
            await contactSheet(empty, into, files, width);
            await empty.close();
          });
