import { chromium, type Page, type Request } from '@playwright/test';
import { atEnd } from '../setting/ending.ts';

const args = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A signed-in page with an open ticket, and its API requests, with times in milliseconds since 1970. */
export type Screen = { page: Page; calls: Call[] };
export type Call = { url: string; start: number; end: number };

/** Opens one browser. The returned function signs a person in, each in a separate profile. */
export async function openBrowser(): Promise<(visitor: Visitor) => Promise<Screen>> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args,
  });
  atEnd(() => browser.close());
  return async (visitor) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    const calls: Call[] = [];
    page.on('requestfinished', (request) => void noteCall(request, calls));
    await signIn(page, visitor);
    return { page, calls };
  };
}

type Visitor = { url: string; username: string; password: string; ticket: { id: string; subject: string } };

async function signIn(page: Page, { url, username, password, ticket }: Visitor): Promise<void> {
  await page.goto(`${url}/sign-in`);
  await page.getByLabel('Username or e-mail').fill(username);
  await page.getByLabel('Password').fill(password);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.waitForURL((at) => !at.pathname.startsWith('/sign-in'));
  await page.goto(`${url}/tickets/${ticket.id}`);
  await page.getByRole('heading', { name: ticket.subject }).waitFor();
  await page.getByTestId('message').first().waitFor();
}

function noteCall(request: Request, calls: Call[]): void {
  if (!request.url().includes('/api/trpc/')) return;
  const { startTime, responseEnd } = request.timing();
  calls.push({ url: request.url(), start: startTime, end: startTime + responseEnd });
}

/** Resolves at the next click, with its time in milliseconds since 1970 by the page's clock. */
export function nextClick({ page }: Screen): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        document.addEventListener('click', () => done(Date.now()), { capture: true, once: true });
      }),
  );
}

/**
 * Resolves when a message with the text is in the page, with the time in milliseconds since 1970 by the
 * page's clock.
 */
export function shownAt({ page }: Screen, text: string): Promise<number> {
  return page.evaluate(
    (expected) =>
      new Promise<number>((done) => {
        const check = () => {
          const messages = [...document.querySelectorAll('[data-testid="message"]')];
          if (!messages.some(({ textContent }) => textContent.includes(expected))) return;
          observer.disconnect();
          done(Date.now());
        };
        const observer = new MutationObserver(check);
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
    text,
  );
}

/**
 * Types and clicks in the page itself. A click by the driver would wait until the page has drawn, and that
 * time is not to be measured.
 */
export async function answer({ page }: Screen, text: string): Promise<void> {
  await page.locator('form textarea').fill(text, { force: true });
  await page.waitForFunction(
    () => !document.querySelector<HTMLButtonElement>('form [type=submit]')?.disabled,
  );
  await page.evaluate(() => document.querySelector<HTMLButtonElement>('form [type=submit]')?.click());
}
