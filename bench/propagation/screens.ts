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

/** A signed-in page with a ticket open, and its requests to the API, with times in milliseconds since 1970. */
export type Screen = { page: Page; calls: Call[] };
export type Call = { url: string; start: number; end: number };

/** One browser, in which everybody has a profile of their own. */
export async function openBrowser(): Promise<(who: Visitor) => Promise<Screen>> {
  const browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '/usr/bin/chromium',
    args,
  });
  atEnd(() => browser.close());
  return async (who) => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB' });
    const page = await context.newPage();
    const calls: Call[] = [];
    page.on('requestfinished', (request) => void noteCall(request, calls));
    await signIn(page, who);
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

/** When Send is clicked next, in milliseconds since 1970, by the page's clock. */
export function nextClick({ page }: Screen): Promise<number> {
  return page.evaluate(
    () =>
      new Promise<number>((done) => {
        document.addEventListener('click', () => done(Date.now()), { capture: true, once: true });
      }),
  );
}

/** When a message with the text is in the page, in milliseconds since 1970, by the page's clock. */
export function shownAt({ page }: Screen, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((done) => {
        const look = () => {
          const messages = [...document.querySelectorAll('[data-testid="message"]')];
          if (!messages.some(({ textContent }) => textContent.includes(wanted))) return;
          observer.disconnect();
          done(Date.now());
        };
        const observer = new MutationObserver(look);
        observer.observe(document.body, { childList: true, subtree: true, characterData: true });
      }),
    text,
  );
}

/** Types and clicks in the page itself: a click by the driver waits until the page has drawn, which is not measured. */
export async function answer({ page }: Screen, text: string): Promise<void> {
  await page.locator('form textarea').fill(text, { force: true });
  await page.waitForFunction(
    () => !document.querySelector<HTMLButtonElement>('form [type=submit]')?.disabled,
  );
  await page.evaluate(() => document.querySelector<HTMLButtonElement>('form [type=submit]')?.click());
}
